import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  circleProblems,
  floorProblems,
  houseProblems,
  importsOf,
  serviceProblems,
  type Sources,
} from './support/architecture.ts'

const root = join(import.meta.dirname, '..')

async function projectSources(): Promise<Sources> {
  const sources = new Map<string, string>()
  for await (const found of glob('{src,test,bench,examples,scripts,dashboard}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  })) {
    const path = found.replaceAll('\\', '/')
    sources.set(path, readFileSync(join(root, path), 'utf8'))
  }
  return sources
}

const planted = (path: string, text: string): Sources => new Map([[path, text]])

describe('the house', () => {
  test('has a floor for every file, and no import goes upwards or next door', async () => {
    const sources = await projectSources()
    expect(sources.size).toBeGreaterThan(100)
    expect(floorProblems(sources)).toEqual([])
  })

  test('has no circles', async () => {
    const sources = [...(await projectSources())].filter(
      ([path]) => /^(src|dashboard)\//.test(path) && !path.includes('.test.'),
    )
    expect(circleProblems(new Map(sources))).toEqual([])
  })

  test('asks services by what their definitions say, and knows none by name', async () => {
    expect(serviceProblems(await projectSources())).toEqual([])
  })

  test('has no long files, default exports, vague names, `any` or hidden inputs', async () => {
    expect(houseProblems(await projectSources())).toEqual([])
  })
})

describe('the check of the house', () => {
  test('names a circle of imports, one for types in it, and no chain', () => {
    const chain = [
      ['src/a.ts', "import { b } from './b.ts'"],
      ['src/b.ts', "const c = await import('./c.ts')"],
      ['src/d.ts', "import { b } from './b.ts'"],
    ] as const
    expect(circleProblems(new Map([...chain, ['src/c.ts', '']]))).toEqual([])
    expect(circleProblems(new Map([...chain, ['src/c.ts', "import type { A } from './a.ts'"]]))).toEqual([
      'src/a.ts ↔ src/b.ts ↔ src/c.ts',
    ])
  })

  test('names an upward import, static, dynamic or for types', () => {
    const problem = ['src/engine/a.ts → src/providers/openai.ts: floor 3 does not import from floor 4']
    expect(floorProblems(planted('src/engine/a.ts', "import { x } from '../providers/openai.ts'"))).toEqual(
      problem,
    )
    expect(
      floorProblems(planted('src/engine/a.ts', "const x = await import('../providers/openai.ts')")),
    ).toEqual(problem)
    expect(
      floorProblems(planted('src/engine/a.ts', "import type {\n  X,\n} from '../providers/openai.ts'")),
    ).toEqual(problem)
    expect(floorProblems(planted('src/engine/a.ts', "export { x } from '../providers/openai.ts'"))).toEqual(
      problem,
    )
    expect(floorProblems(planted('src/engine/a.ts', "import '../providers/openai.ts'"))).toEqual(problem)
  })

  test('names an import between rooms of one floor, and lets one within a room pass', () => {
    expect(floorProblems(planted('src/stores/a.ts', "import { x } from '../connectors/sql.ts'"))).toEqual([
      'src/stores/a.ts → src/connectors/sql.ts: src/stores/ and src/connectors/ do not know each other',
    ])
    expect(
      floorProblems(
        planted('src/stores/a.ts', "import { x } from './b.ts'\nimport { y } from '../domain/money.ts'"),
      ),
    ).toEqual([])
    expect(floorProblems(planted('src/offpeak.ts', "import { x } from './compose/machine.ts'"))).toEqual([])
  })

  test('names an import in the engine that goes against the order of a run', () => {
    const problems = (path: string, from: string): readonly string[] =>
      floorProblems(planted(path, `import { x } from '${from}'`))
    expect(problems('src/engine/merge/a.ts', '../answers/b.ts')).toEqual([])
    expect(problems('src/engine/merge/a.ts', './b.ts')).toEqual([])
    expect(problems('src/engine/merge/a.ts', '../lease.ts')).toEqual([])
    expect(problems('src/engine/answers/a.ts', '../merge/b.ts')).toEqual([
      'src/engine/answers/a.ts → src/engine/merge/b.ts: answers does not import from merge, which comes no earlier',
    ])
    expect(problems('src/engine/merge/a.ts', '../queries/b.ts')).toEqual([
      'src/engine/merge/a.ts → src/engine/queries/b.ts: merge does not import from queries, which comes no earlier',
    ])
    expect(problems('src/engine/a.ts', './files/b.ts')).toEqual([
      'src/engine/a.ts → src/engine/files/b.ts: a file in no room does not import from files, which comes no earlier',
    ])
    expect(problems('src/engine/attic/a.ts', '../files/b.ts')).toEqual([
      'src/engine/attic/a.ts → src/engine/files/b.ts: src/engine/attic/ has no place in the order of the engine',
    ])
  })

  test('keeps the emulator an island in both directions', () => {
    expect(floorProblems(planted('src/emulator/a.ts', "import { x } from '../domain/limits.ts'"))).toEqual([
      'src/emulator/a.ts → src/domain/limits.ts: the emulator is an island',
    ])
    expect(floorProblems(planted('src/engine/a.ts', "import { x } from '../emulator/index.ts'"))).toEqual([
      'src/engine/a.ts → src/emulator/index.ts: nobody else goes to the emulator',
    ])
    expect(floorProblems(planted('src/compose/a.ts', "import { x } from '../emulator/world.ts'"))).toEqual([
      'src/compose/a.ts → src/emulator/world.ts: the door of the emulator is src/emulator/index.ts',
    ])
    expect(floorProblems(planted('src/compose/a.ts', "import { x } from '../emulator/index.ts'"))).toEqual([])
  })

  test('keeps the core of the emulator from its dialects, and these from each other', () => {
    const of = (path: string, specifier: string): readonly string[] =>
      floorProblems(planted(`src/emulator/${path}`, `import { x } from '${specifier}'`))
    expect(of('core/a.ts', '../dialects/openai/models.ts')).toEqual([
      'src/emulator/core/a.ts → src/emulator/dialects/openai/models.ts: the core of the emulator knows no dialect',
    ])
    expect(of('core/http/a.ts', '../../dialects.ts')).toHaveLength(1)
    expect(of('dialects/anthropic/a.ts', '../openai/models.ts')).toEqual([
      'src/emulator/dialects/anthropic/a.ts → src/emulator/dialects/openai/models.ts: src/emulator/dialects/anthropic/ knows the core, the families and itself',
    ])
    expect(of('dialects/openai/api/a.ts', '../models.ts')).toEqual([])
    expect(of('dialects/openai/api/a.ts', '../../../core/state.ts')).toEqual([])
    expect(of('dialects.ts', './dialects/openai/dialect.ts')).toEqual([])
    expect(of('dialects/anthropic/a.ts', '../../families/claude/models.ts')).toEqual([])
    expect(of('core/a.ts', '../families/claude/models.ts')).toHaveLength(1)
    expect(of('families/claude/a.ts', '../../dialects/anthropic/paths.ts')).toEqual([
      'src/emulator/families/claude/a.ts → src/emulator/dialects/anthropic/paths.ts: a family of models knows no dialect',
    ])
  })

  test('lets the dashboard see the contract of the server, as types, the wording, and nothing else', () => {
    const contract = '../../src/server/contract/run.ts'
    expect(
      floorProblems(planted('dashboard/src/a.tsx', `import type { RunStatus } from '${contract}'`)),
    ).toEqual([])
    expect(floorProblems(planted('dashboard/src/a.tsx', "import { b } from './b.ts'"))).toEqual([])
    expect(
      floorProblems(planted('dashboard/src/a.tsx', "import { b } from '../../src/wording/b.ts'")),
    ).toEqual([])
    expect(floorProblems(planted('dashboard/src/a.tsx', `import { runStatus } from '${contract}'`))).toEqual([
      'dashboard/src/a.tsx → src/server/contract/run.ts: the dashboard imports the contract as types only',
    ])
    expect(
      floorProblems(planted('dashboard/src/a.tsx', "import type { Store } from '../../src/ports/store.ts'")),
    ).toEqual([
      'dashboard/src/a.tsx → src/ports/store.ts: the dashboard sees src/server/contract/ and src/wording/ alone',
    ])
    expect(floorProblems(planted('src/server/a.ts', "import { x } from '../../dashboard/src/a.ts'"))).toEqual(
      ['src/server/a.ts → dashboard/src/a.ts: nobody imports the dashboard'],
    )
  })

  test('names a file without a floor and an import of the package by its own name', () => {
    expect(floorProblems(planted('src/lounge/a.ts', ''))).toEqual(['src/lounge/a.ts is on no floor'])
    expect(floorProblems(planted('src/cli/a.ts', "import { x } from 'offpeak'"))).toEqual([
      'src/cli/a.ts → offpeak: the house does not import itself by name',
    ])
  })

  test('names what else the house does not have, with its line', () => {
    expect(houseProblems(planted('src/cli/utils.ts', ''))).toEqual([
      'src/cli/utils.ts is named after nothing',
    ])
    expect(houseProblems(planted('src/cli/a.ts', '\nexport default 1\n'))).toEqual([
      'src/cli/a.ts:2 exports a default',
    ])
    expect(houseProblems(planted('src/cli/a.ts', 'const a = b as any\n'))).toEqual([
      'src/cli/a.ts:1 says any',
    ])
    expect(houseProblems(planted('src/cli/a.ts', 'const a = process.env.X\n'))).toEqual([
      'src/cli/a.ts:1 reads process.env outside of src/config',
    ])
    expect(houseProblems(planted('src/engine/a.ts', 'const a = 1\nconst b = Date.now()\n'))).toEqual([
      'src/engine/a.ts:2 asks the machine for time or chance',
    ])
    expect(houseProblems(planted('src/domain/a.ts', "import { x } from 'node:fs'\n"))).toEqual([
      'src/domain/a.ts → node:fs: the domain does no I/O',
    ])
    expect(houseProblems(planted('src/cli/a.ts', '//\n'.repeat(401)))).toEqual([
      'src/cli/a.ts has 401 lines, more than 400',
    ])
  })

  test('names a service that is known by its name, in code or a text, and lets comments cite one', () => {
    const problems = (text: string): readonly string[] => serviceProblems(planted('src/engine/a.ts', text))
    expect(problems("\nif (name === 'azure') go()\n")).toEqual(['src/engine/a.ts:2 names azure'])
    expect(problems('const fix = `put it into openai(…)`\n')).toEqual(['src/engine/a.ts:1 names openai'])
    expect(problems('const geminiLimit = 1\n')).toEqual(['src/engine/a.ts:1 names gemini'])
    expect(problems('/** OpenAI guide, Batch API. */\nconst a = 1 // at Azure\n')).toEqual([])
    expect(problems('join(together, paws)\n')).toEqual([])
    expect(serviceProblems(planted('src/providers/azure/a.ts', "const a = 'azure'\n"))).toEqual([])
  })

  test('does not take words for code', () => {
    const text =
      "// Date.now() as any\nconst a = 'process.env as any'\nconst b = `import x from '../offpeak.ts'`\n"
    expect(houseProblems(planted('src/engine/a.ts', text))).toEqual([])
    expect(importsOf(text)).toEqual([])
    expect(houseProblems(planted('jobs/a.job.ts', 'export default 1\n'))).toEqual([])
  })
})
