import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

/** The project of notes, with a text of its job file replaced. */
async function projectWith(dir: string, was: string, is: string): Promise<void> {
  await notesProject(dir)
  const path = join(dir, 'jobs/notes.job.ts')
  const job = await readFile(path, 'utf8')
  expect(job).toContain(was)
  await write(dir, { 'jobs/notes.job.ts': job.replace(was, is) })
}

const prompt = 'prompt: ({ row }) => row.text,'

test('a plan whose prompts all throw says so, where they do, and asks for attention', async () => {
  using folder = temporaryFolder()
  await projectWith(folder.path, prompt, 'prompt: ({ row }) => row.meta.title.trim(),')
  const plan = await call(folder.path, 'plan', 'notes')
  expect(plan.stdout).toContain('none: all 12 cannot be used')
  expect(plan.stdout).not.toContain('nothing changed')
  expect(plan.stdout).toContain('record 0: the prompt threw at notes.job.ts:')
  expect(plan.exit).toBe(6)
  const run = await call(folder.path, 'run', 'notes', '--yes')
  expect(run.stderr).toContain('Nothing to do: all 12 cannot be used. Nothing was sent.')
  expect(run.stderr).toContain('the prompt threw at notes.job.ts:')
  expect(run.exit).toBe(6)
})

test.each([
  [
    'from',
    "from: jsonl.rows({ file: 'notes.jsonl',",
    'from: ({ params }) => jsonl.rows({ file: params.no.file,',
  ],
  ['set of a sink', '({ ...output, was: row.text.length })', '({ was: output.no.words })'],
])(
  'a mistake in the %s of a job is the project’s, with its place and nothing sent',
  async (_what, was, is) => {
    using folder = temporaryFolder()
    await projectWith(folder.path, was, is)
    const plan = await call(folder.path, 'plan', 'notes')
    expect(plan.stderr).toMatch(/threw at notes\.job\.ts:\d+: Cannot read properties of undefined/)
    expect(plan.stderr).not.toContain('E_BUG')
    expect(plan.stderr).toContain('Fix')
    expect(plan.stderr).toContain('Nothing was sent.')
    expect(plan.exit).toBe(2)
  },
)

test('a check that throws says where it did', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: 'check: ({ output }) => output.no.words > 1, retry: { max: 1 },' })
  const run = await call(folder.path, 'run', 'notes', '--yes')
  expect(run.stdout).toMatch(/12 {2}invalid: the check threw at notes\.job\.ts/)
  expect(run.exit).toBe(6)
})

test('keys that repeat are counted, and a plan of them asks for attention', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const keyed = (keys: number): Promise<void> => {
    const lines = Array.from({ length: 500 }, (_, at) =>
      JSON.stringify({ id: at % keys, text: `Note ${at}.` }),
    )
    return write(folder.path, { 'notes.jsonl': `${lines.join('\n')}\n` })
  }
  await keyed(480)
  const plan = await call(folder.path, 'plan', 'notes')
  expect(plan.stdout).toContain('20 unusable')
  expect(plan.stdout).toContain('record 0: a record with this key came before')
  expect(plan.exit).toBe(6)
  await keyed(3)
  const refused = await call(folder.path, 'plan', 'notes')
  expect(refused.stderr).toContain('497 of 500 records have a key (id) that a record before has too')
  expect(refused.exit).toBe(2)
})

test('an entry of the config that is wrong is told with what it takes', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const told = async (entries: string): Promise<string> => {
    await write(folder.path, { 'offpeak.config.ts': `export default { ${entries} }` })
    const { exit, stderr } = await call(folder.path, 'plan', 'notes')
    expect(exit).toBe(2)
    expect(stderr).toContain('E_CONFIG')
    return stderr
  }
  expect(await told("emulator: 'yes'")).toMatch(
    /`emulator` is 'yes'[^]*Fix +it takes true, false[^]* or \{ speed, port, /,
  )
  expect(await told('emulator: { sped: 3 }')).toMatch(/no entry `emulator\.sped`[^]*did you mean `speed`\?/)
  expect(await told("worker: { driver: 'redis' }")).toContain("it takes 'local' or 'pg-boss'")
  expect(await told('emulater: true')).toContain('did you mean `emulator`?')
  expect(await told('timings: { waits: { weather: {} } }')).toContain('`timings.waits` takes ')
  await rm(join(folder.path, 'offpeak.config.ts'))
})
