import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject, readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const runJson = z.object({ run: z.string() })

test('the name of a job stands for its own newest run, never for a run of another job whose id begins so', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 2 })
  await call(folder.path, 'run', 'notes', '--yes')
  const { run } = readJson(runJson, await call(folder.path, 'status', 'notes', '--json'))
  const name = run.slice(0, 3)
  const longer = run.slice(0, 4)
  expect(readJson(runJson, await call(folder.path, 'status', name, '--json')).run).toBe(run)
  const job = readFileSync(join(folder.path, 'jobs/notes.job.ts'), 'utf8')
  await write(folder.path, {
    'jobs/other.job.ts': job.replace("name: 'notes'", `name: '${name}'`).replace('out.jsonl', 'other.jsonl'),
  })
  for (const args of [['retry', '--yes'], ['status'], ['cancel', '--yes']]) {
    const [command = '', ...options] = args
    const refused = await call(folder.path, command, name, ...options)
    expect(refused.exit, command).toBe(2)
    expect(refused.stderr).toContain(`The job ${name} has no run`)
    expect(refused.stderr).toContain(`offpeak plan ${name}`)
  }
  expect((await call(folder.path, 'run', name, '--yes')).exit).toBe(0)
  const own = readJson(runJson, await call(folder.path, 'status', name, '--json'))
  expect(own.run).not.toBe(run)
  expect(readJson(runJson, await call(folder.path, 'status', longer, '--json')).run).toBe(run)
})

test('retry says which keys are not in the run, and refuses when none of them is', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    records: 3,
    job: "check: ({ row }) => (row.id < 2 ? 'too early' : true), retry: { max: 1 },",
  })
  await call(folder.path, 'run', 'notes', '--yes')
  const some = await call(folder.path, 'retry', 'notes', '--only', '1,77,-8', '--as-sent')
  expect(some.stderr).toMatch(/! 2 of 3 keys are not in run \w+: 77, -8/)
  expect(some.stderr).toContain('1 request of run')
  for (const how of ['--as-sent', '--today']) {
    const one = await call(folder.path, 'retry', 'notes', '--only', '77', how, '--yes')
    expect(one.exit).toBe(2)
    expect(one.stderr).toMatch(/Run \w+ has no record 77/)
    expect(one.stderr).toContain('E_RECORD_UNKNOWN')
    const none = await call(folder.path, 'retry', 'notes', '--only', '77,a,b,c,d,e', how, '--yes')
    expect(none.exit).toBe(2)
    expect(none.stderr).toMatch(/has none of the 6 records 77, a, b, c, d, …/)
  }
})

test('the commands of `errors` have each key as it is typed, and they find its record', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 0 })
  await write(folder.path, {
    'notes.jsonl':
      '{"day":"2026-01-01","n":1,"text":"One ship."}\n{"day":"-x","n":2,"text":"Another ship."}\n{"day":"it\'s a/b","n":3,"text":"A third."}\n',
    'jobs/notes.job.ts': readFileSync(join(folder.path, 'jobs/notes.job.ts'), 'utf8')
      .replace("key: 'id'", "key: ['day', 'n']")
      .replace('id: z.number()', 'day: z.string(), n: z.number()')
      .replace('  maxTokens', '  check: ({ row }) => `bad ${row.day}`, retry: { max: 1 },\n  maxTokens'),
  })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(6)
  const { stdout } = await call(folder.path, 'errors', 'notes')
  const shown = [...stdout.matchAll(/offpeak (show \w+ .*)$/gm)].map(([, words = '']) => words)
  expect(shown.map((words) => words.replace(/^show \w+ /, '')).toSorted()).toEqual([
    "'it'\\''s a\\/b/3'",
    '-- -x/2',
    '2026-01-01/1',
  ])
  for (const words of shown) {
    const typed = execFileSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
    expect((await call(folder.path, ...typed)).exit, words).toBe(0)
  }
})
