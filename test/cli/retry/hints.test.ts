import { cpSync, readFileSync } from 'node:fs'
import { openProject } from '../../../src/compose/open-project.ts'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import * as offpeak from '../../../src/index.ts'
import type { Project } from '../../../src/compose/project.ts'
import { readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const errors = z.object({
  run: z.string(),
  groups: z.array(
    z.object({
      outcome: z.string(),
      fix: z.object({ command: z.string(), first: z.string().nullable() }),
    }),
  ),
  remedies: z.array(z.object({ command: z.string() })),
})
const status = z.object({ run: z.string(), state: z.string() })

async function within(dir: string, act: (project: Project, run: string) => Promise<unknown>): Promise<void> {
  await using project = await openProject({
    cwd: dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  await act(project, (await project.find('notes')).id)
}

/** Brings a run that waits for money of the day into each state. */
const states: readonly (readonly [string, (project: Project, run: string) => Promise<unknown>])[] = [
  ['paused', async () => undefined],
  ['running', (project, run) => project.resume(run, null)],
  ['cancelling', (project, run) => project.cancel(run)],
  [
    'cancelled',
    async (project, run) => {
      await project.cancel(run)
      await project.drive({ runIds: [run], signal: AbortSignal.timeout(20_000) })
    },
  ],
]

test.for(states)(
  'each hint for what failed works when it is typed while the run is %s',
  async ([state, bring]) => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    await providerProject(folder.path, emulator)
    const path = 'jobs/notes.job.ts'
    const text = readFileSync(join(folder.path, path), 'utf8')
    // Both files are alike: whichever is sent first spends what the day allows.
    const markers = "['[[length]]', '[[refusal]]', '[[context_length]]', '[[wrong_schema]]', '']"
    await write(folder.path, {
      'offpeak.config.ts':
        "import { defineConfig } from 'offpeak'\nexport default defineConfig({ batch: { maxRequests: 5 }, timings: { pollEveryMs: 50 } })\n",
      [path]: text
        .replace('=> row.text,', `=> row.text + ${markers}[row.id % 5],`)
        .replace(
          '({ row, output }) => ({ ...output, was: row.text.length })',
          "({ row, output }) => { if (row.id % 5 === 4 && /note/i.test(output.summary)) throw new Error('no place'); return output }",
        )
        .replace('to: {', "retry: { max: 1 }, budget: { perDay: '$0.00019' },\n  to: {"),
    })
    await call(folder.path, 'run', 'notes', '--max-cost', '$1')
    expect(readJson(status, await call(folder.path, 'status', 'notes', '--json')).state).toBe('paused')
    await within(folder.path, bring)
    const found = readJson(status, await call(folder.path, 'status', 'notes', '--json'))
    expect(found.state).toBe(state)
    const { groups, remedies } = readJson(errors, await call(folder.path, 'errors', found.run, '--json'))
    expect(groups.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['truncated', 'refused', 'failed', 'invalid', 'rejected']),
    )
    const inWords = groups.flatMap(
      ({ fix }) => fix.first?.match(/offpeak \w+ \w+(?: \d+| --[\w-]+(?: [a-z]+(?=$|[`;,]))?)*/g) ?? [],
    )
    const commands = new Set([
      ...groups.map(({ fix }) => fix.command),
      ...inWords,
      ...remedies.map((each) => each.command),
    ])
    for (const command of commands) {
      // What one does is not there for the next.
      using copy = temporaryFolder()
      cpSync(folder.path, copy.path, { recursive: true })
      const words = (command.match(/'[^']*'|\S+/g) ?? [])
        .slice(1)
        .map((word) => word.replaceAll(/[';]|,$/g, ''))
      // There is no terminal: nobody can be asked, and the command says all by itself.
      const typed = await call(copy.path, ...words)
      expect(typed.stderr, command).not.toMatch(
        /E_RUN_STATE|E_USAGE|E_JOB_CHANGED|E_BUG|E_RUN_UNKNOWN|E_CONSENT/,
      )
      // The money of the day may be used up all the same; the amount itself is enough.
      expect(typed.stderr, command).not.toContain('is less. Nothing was changed')
    }
  },
)

test('a hint that asks again sends something as it is typed, and what would end the same again is looked at', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  await providerProject(folder.path, emulator)
  const markers = ['[[length]]', '[[refusal]]', '[[context_length]]', '[[wrong_schema]]']
  await write(folder.path, {
    'notes.jsonl': markers
      .map((marker, id) => `${JSON.stringify({ id, text: `Note ${id} ${marker}` })}\n`)
      .join(''),
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50 } })\n",
  })
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const { groups } = readJson(errors, await call(folder.path, 'errors', 'notes', '--json'))
  const verbs = Object.fromEntries(
    groups.map(({ outcome, fix }) => [outcome, fix.command.replace(/ \w{6}( |$)/, ' RUN$1')]),
  )
  expect(verbs).toEqual({
    truncated: expect.stringMatching(
      /^offpeak retry RUN --status truncated --max-tokens 200 --max-cost '\$[\d.]+'$/,
    ),
    refused: 'offpeak show RUN 1',
    failed: 'offpeak show RUN 2',
    invalid: expect.stringMatching(/^offpeak retry RUN --error '.*' --max-cost '\$[\d.]+'$/),
  })
  for (const { fix } of groups) {
    expect(ran.stdout + ran.stderr).toContain(fix.command)
    const words = (fix.command.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) => word.replaceAll("'", ''))
    const before = emulator.bill().batches
    const asks = words[0] === 'retry'
    await call(folder.path, ...words)
    expect(emulator.bill().batches > before, fix.command).toBe(asks)
  }
})
