import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notesProject, offpeakProcess } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

test('a saved plan sends exactly what it says', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect((await call(folder.path, 'plan', 'notes', '--limit', '5', '--out', 'p.json')).stderr).toContain(
    'offpeak run p.json',
  )
  const { exit, stdout } = await call(folder.path, 'run', 'p.json', '--yes')
  expect(exit).toBe(0)
  expect(stdout).toContain('5 of 5 records')
})

test('a saved plan that no longer holds is refused, naming what changed', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'plan', 'notes', '--out', 'p.json')
  appendFileSync(join(folder.path, 'notes.jsonl'), '{"id":99,"text":"one more"}\n')
  const { exit, stderr } = await call(folder.path, 'run', 'p.json', '--yes')
  expect(exit).toBe(2)
  expect(stderr).toContain('E_PLAN_STALE')
  expect(stderr).toContain('requests: 12 then, 13 now')
  expect((await call(folder.path, 'status', '--json')).stdout).toContain('"runs":[]')
})

test('a prompt that was edited is noticed although all figures are the same', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'plan', 'notes', '--out', 'p.json')
  await notesProject(folder.path, { job: 'temperature: 0,' })
  const { exit, stderr } = await offpeakProcess(folder.path, ['run', 'p.json', '--yes'])
  expect(stderr).toContain('reads differently now')
  expect(exit).toBe(2)
})

test.each([
  [
    'the text of one record, as long as before',
    (dir: string) => {
      const file = join(dir, 'notes.jsonl')
      writeFileSync(file, readFileSync(file, 'utf8').replace('Note 7 tells', 'Note 7 talks'))
    },
    'the prompts of the records read differently now',
  ],
  [
    'one record for another',
    (dir: string) => {
      const file = join(dir, 'notes.jsonl')
      writeFileSync(file, readFileSync(file, 'utf8').replace('"id":11', '"id":12'))
    },
    'other records would be sent now',
  ],
  [
    'how an answer is judged',
    (dir: string) => notesProject(dir, { job: 'check: ({ output }) => output.summary.length > 1,' }),
    'the job judges or writes answers otherwise now',
  ],
  [
    'the schema',
    (dir: string) => {
      const file = join(dir, 'jobs', 'notes.job.ts')
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('summary: z.string() })', 'summery: z.string() })'),
      )
    },
    'the schema of the answers is another one now',
  ],
])('a saved plan notices %s, although all figures are the same', async (_, change, words) => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'plan', 'notes', '--out', 'p.json')
  change(folder.path)
  const { exit, stderr } = await offpeakProcess(folder.path, ['run', 'p.json', '--yes'])
  expect(stderr).toContain('E_PLAN_STALE')
  expect(stderr).toContain(words)
  expect(exit).toBe(2)
  expect((await call(folder.path, 'status', '--json')).stdout).toContain('"runs":[]')
})

test('a saved plan of a sample notices another prompt, and holds where nothing but a comment was written', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 1_200 })
  const file = join(folder.path, 'jobs', 'notes.job.ts')
  const job = readFileSync(file, 'utf8')
  await call(folder.path, 'plan', 'notes', '--out', 'p.json')
  writeFileSync(file, job.replace('row.text,', "row.text.replace('noon', 'dawn'),"))
  const other = await offpeakProcess(folder.path, ['run', 'p.json', '--yes'])
  expect(other.stderr).toContain('the prompts of the records read differently now')
  writeFileSync(file, `// what notes are about\n${job}`)
  const same = await offpeakProcess(folder.path, ['run', 'p.json', '--yes', '--detach'])
  expect(same.exit, same.stderr).toBe(0)
})

test('a file that is no plan, and options that belong to the plan, are refused', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  writeFileSync(join(folder.path, 'other.json'), '{"a":1}')
  expect((await call(folder.path, 'run', 'other.json', '--yes')).stderr).toContain('The file holds no plan')
  expect((await call(folder.path, 'run', 'none.json', '--yes')).stderr).toContain('The plan cannot be read')
  await call(folder.path, 'plan', 'notes', '--out', 'p.json')
  expect(await call(folder.path, 'run', 'p.json', '--yes', '--limit', '3')).toMatchObject({ exit: 2 })
})

test('plan --check exits 10 when there is work and 0 when there is none', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect((await call(folder.path, 'plan', 'notes', '--check')).exit).toBe(10)
  await call(folder.path, 'run', 'notes', '--yes')
  expect((await call(folder.path, 'plan', 'notes', '--check')).exit).toBe(0)
})

test('plan exits 6 where records cannot be used, with work or without', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  appendFileSync(join(folder.path, 'notes.jsonl'), '{"id":99,"text":7}\n')
  expect((await call(folder.path, 'plan', 'notes')).exit).toBe(6)
  expect((await call(folder.path, 'plan', 'notes', '--check')).exit).toBe(10)
  await call(folder.path, 'run', 'notes', '--yes')
  expect((await call(folder.path, 'plan', 'notes', '--check')).exit).toBe(6)
})

test('plan --show prints whole requests and sends nothing', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { stdout, stderr } = await call(folder.path, 'plan', 'notes', '--show', '2')
  expect(stdout).toContain('Note 0 tells of a ship')
  expect(stdout).toContain('Note 1 tells of a ship')
  expect(stdout).not.toContain('Note 2 tells of a ship')
  expect(stderr).toContain('Nothing has been sent.')
})
