import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, loadConfig } from '../../src/config/config.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import * as offpeak from '../../src/index.ts'
import { temporaryFolder, write } from '../cli/project.ts'

const open = (cwd: string): Promise<Config> =>
  loadConfig({ cwd, configFile: null, envFile: null, modules: { offpeak } })

/** A job file whose version is the value of an expression, so that a test can look at it. */
const jobWith = (
  imports: string,
  version: string,
  name = 'notes',
): string => `import { defineJob, jsonl, openai } from 'offpeak'
${imports}
export default defineJob({
  name: '${name}',
  version: String(${version}),
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: 10,
  prompt: ({ row }) => String(row.id),
  to: { jsonl: 'out.jsonl' },
})
`

async function versionOf(dir: string, name = 'notes'): Promise<string | undefined> {
  return (await (await open(dir)).jobs.find(name))?.job.version
}

describe('a job file finds what its project finds:', () => {
  test('by the `paths` and `baseUrl` of a tsconfig that extends another, of the project or above it', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'package.json': '{"workspaces":["apps/*"]}',
      'tsconfig.base.json':
        '{ "compilerOptions": { "baseUrl": ".", "paths": { "@shared/*": ["packages/shared/*"] } } }',
      'packages/shared/words.ts': "export const word: string = 'shared'\n",
      'apps/one/tsconfig.json': '{ /* as editors write it */ "extends": "../../tsconfig.base.json", }',
      'apps/one/jobs/notes.job.ts': jobWith("import { word } from '@shared/words'", 'word'),
      'apps/two/jobs/notes.job.ts': jobWith("import { word } from 'packages/shared/words'", 'word'),
    })
    await write(folder.path, { 'tsconfig.json': '{ "extends": "./tsconfig.base.json" }' })
    expect(await versionOf(join(folder.path, 'apps/one'))).toBe('shared')
    expect(await versionOf(join(folder.path, 'apps/two'))).toBe('shared')
  })

  test('a tsconfig that cannot be read stops nothing that does not need it, and is named where one does', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'tsconfig.json': '{ "extends": "@nobody/tsconfig/base.json" }',
      'jobs/notes.job.ts': jobWith('', '1'),
      'jobs/other.job.ts': jobWith("import { word } from '@/words'", 'word', 'other'),
    })
    expect(await versionOf(folder.path)).toBe('1')
    await expect(versionOf(folder.path, 'other')).rejects.toThrow(
      expect.objectContaining({ fix: expect.stringContaining('tsconfig.json cannot be read') }),
    )
  })

  test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'tsx'])(
    'in *.job.%s, of a package of either type',
    async (ending) => {
      for (const type of ['module', 'commonjs']) {
        using folder = temporaryFolder()
        await write(folder.path, {
          'package.json': JSON.stringify({ type }),
          [`jobs/notes.job.${ending}`]: jobWith('', JSON.stringify(ending)),
        })
        expect(await versionOf(folder.path)).toBe(ending)
      }
    },
  )

  test('as CommonJS has it', async () => {
    using folder = temporaryFolder()
    const job = jobWith('', "'common'")
      .replace(/import (.*) from 'offpeak'/, "const $1 = require('offpeak')")
      .replace('export default', 'module.exports =')
    await write(folder.path, { 'package.json': '{}', 'jobs/notes.job.js': job })
    expect(await versionOf(folder.path)).toBe('common')
  })

  test('with JSX in a .tsx file, by the library that it names', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'node_modules/texts/package.json':
        '{"name":"texts","exports":{"./jsx-runtime":"./jsx.js"},"type":"module"}',
      'node_modules/texts/jsx.js':
        'export const jsx = (tag, { children }) => `<${tag}>${children}</${tag}>`\n',
      'jobs/notes.job.tsx': `/** @jsxImportSource texts */\n${jobWith('', '<note>brief</note>')}`,
    })
    expect(await versionOf(folder.path)).toBe('<note>brief</note>')
  })

  test('and what a compiler has written next to its source is no second job', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'jobs/notes.job.ts': jobWith('', "'source'"),
      'jobs/notes.job.js': jobWith('', "'compiled'"),
    })
    expect(await versionOf(folder.path)).toBe('source')
    expect(await (await open(folder.path)).jobs.broken()).toEqual([])
  })

  test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'])(
    'the configuration is read from offpeak.config.%s',
    async (ending) => {
      const isCommon = ending.startsWith('c')
      for (const type of ['module', 'commonjs']) {
        using folder = temporaryFolder()
        await write(folder.path, {
          'package.json': JSON.stringify({ type }),
          [`offpeak.config.${ending}`]: isCommon
            ? "const { defineConfig } = require('offpeak')\nmodule.exports = defineConfig({ state: 'mine.db' })\n"
            : "import { defineConfig } from 'offpeak'\nexport default defineConfig({ state: 'mine.db' })\n",
        })
        expect((await open(folder.path)).state).toBe(join(folder.path, 'mine.db'))
      }
    },
  )
})

describe('a text is imported as a text,', () => {
  test('by ?raw, by an attribute, and as it is asked for later; and it counts to what the job means', async () => {
    using folder = temporaryFolder()
    const imports = `import raw from '../prompts/note.md?raw'
import text from '../prompts/note.sql' with { type: 'text' }
import { default as named } from '../prompts/note.md?raw'
const later = (await import('../prompts/note.md', { with: { type: 'text' } })).default`
    await write(folder.path, {
      'prompts/note.md': '# Note é\n',
      'prompts/note.sql': '\uFEFFselect 1',
      'jobs/notes.job.ts': jobWith(imports, '[raw, text, named, later]').replace(
        'String(row.id)',
        'raw + String(row.id)',
      ),
    })
    const jobs = await open(folder.path)
    const before = await jobs.jobs.find('notes')
    expect(before?.job.version).toBe('# Note é\n,select 1,# Note é\n,# Note é\n')
    await write(folder.path, { 'prompts/note.md': '# Another\n' })
    const after = await (await open(folder.path)).jobs.find('notes')
    expect(after?.job.version).toContain('# Another')
    expect(after?.definition().ask).not.toBe(before?.definition().ask)
  })

  test('and without, the words say how', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'prompts/note.md': '# Note\n',
      'jobs/notes.job.ts': jobWith("import text from '../prompts/note.md'", 'text'),
    })
    await expect(versionOf(folder.path)).rejects.toThrow(
      expect.objectContaining({ fix: "for its text: import text from './note.md' with { type: 'text' }" }),
    )
  })
})

test('fields of decorated classes are read as TypeScript reads them', async () => {
  using folder = temporaryFolder()
  const classes = `const seen: string[] = []
function Column(options?: { as: string }) {
  return (target: object, name: string) => void seen.push(\`\${target.constructor.name}.\${name}:\${options?.as ?? ''}\`)
}
class Row {
  @Column() id!: string
  @Column({ as: 'text' }) title = 'none'
  declare kind: string
  plain!: number
}
const row = new Row()`
  await write(folder.path, {
    'jobs/notes.job.ts': jobWith(classes, "[...seen, row.title, 'kind' in row]"),
  })
  expect(await versionOf(folder.path)).toBe('Row.id:,Row.title:text,none,false')
})

describe('a file that cannot be loaded says what fixes it:', () => {
  const fixFor = async (files: Readonly<Record<string, string>>): Promise<string> => {
    using folder = temporaryFolder()
    await write(folder.path, files)
    try {
      await versionOf(folder.path)
    } catch (thrown) {
      if (thrown instanceof OffpeakError) return `${thrown.where}: ${thrown.message}: ${thrown.fix}`
      throw thrown
    }
    throw new Error('it was loaded')
  }
  test.each([
    ['a package that is not installed', "import x from '@acme/words/deep'", /npm install @acme\/words;/],
    ['an alias that nothing maps', "import x from '@/lib/words'", /`compilerOptions\.paths`/],
    ['an import of the package’s own', "import x from '#lib/words'", /`imports` of the package\.json/],
    ['a file that is not there', "import x from '../lib/words'", /no such file.*notes\.job\.ts/],
    ['code that throws', 'null!.length', /notes\.job\.ts:2.*fix it at notes\.job\.ts:2/],
    ['code that is none', 'const = 1', /fix the line that the message names/],
  ])('%s', async (_what, imports, said) => {
    expect(
      await fixFor({ 'jobs/notes.job.ts': jobWith(imports, imports.startsWith('import') ? 'x' : '1') }),
    ).toMatch(said)
  })

  test('and a module that failed for one job fails for the next one in the same words', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'lib/words.ts': "export const word = 'a'\nthrow new Error('the words are away')\n",
      'jobs/notes.job.ts': jobWith("import { word } from '../lib/words'", 'word'),
      'jobs/other.job.ts': jobWith("import { word } from '../lib/words'", 'word', 'other'),
    })
    const broken = await (await open(folder.path)).jobs.broken()
    expect(broken.map(({ error }) => error.message)).toEqual([
      'the file cannot be loaded: the words are away',
      'the file cannot be loaded: the words are away',
    ])
  })
})

test('a module of two projects is loaded for each, with what belongs to each', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'package.json': '{"workspaces":["*"]}',
    'shared/prompt.ts':
      "import { env, template } from 'offpeak'\nexport const said = env('WHO') + template('prompt.md', [])({})\n",
    'one/.env': 'WHO=one',
    'one/prompt.md': ' of one',
    'one/jobs/notes.job.ts': jobWith("import { said } from '../../shared/prompt'", 'said'),
    'two/.env': 'WHO=two',
    'two/prompt.md': ' of two',
    'two/jobs/notes.job.ts': jobWith("import { said } from '../../shared/prompt'", 'said'),
  })
  const [one, two] = [await open(join(folder.path, 'one')), await open(join(folder.path, 'two'))]
  expect((await one.jobs.find('notes'))?.job.version).toBe('one of one')
  expect((await two.jobs.find('notes'))?.job.version).toBe('two of two')
  expect(await readFile(join(folder.path, 'one/.env'), 'utf8')).toBe('WHO=one')
  expect(process.env['WHO']).toBeUndefined()
})
