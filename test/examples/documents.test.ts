import { execFile } from 'node:child_process'
import { cpSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Document, type Service, startService } from '../../examples/documents/service.ts'
import { call, linesOf, temporaryFolder, write } from '../cli/project.ts'
import { shellOf } from '../support/reader-shell.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/own-connector.md'), 'utf8')
const example = join(import.meta.dirname, '../../examples/documents')

const notes = Array.from({ length: 12 }, (_, index): Document => ({
  id: `note-${String(index + 1).padStart(2, '0')}`,
  text: `Note ${index + 1} is about harbours, and why they matter to ${index} towns.`,
}))

/** The example as a project of its own, with a service that runs. */
async function project(folder: string): Promise<Service> {
  const service = await startService(notes)
  cpSync(example, folder, { recursive: true })
  const job = readFileSync(join(example, 'jobs/subjects.job.ts'), 'utf8')
  await write(folder, { 'jobs/subjects.job.ts': job.replace('http://127.0.0.1:4200', service.url) })
  return service
}

const subjects = ({ documents }: Service): readonly unknown[] =>
  [...documents.values()].flatMap(({ subject }) => subject ?? [])

test('what the page about connectors shows stands in the example, word for word', () => {
  const excerpts = [...page.matchAll(/```typescript\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const files = globSync('**/*.ts', { cwd: example }).map((file) => readFileSync(join(example, file), 'utf8'))
  expect(excerpts.length).toBeGreaterThan(4)
  for (const excerpt of excerpts)
    expect(
      files.some((file) => file.includes(excerpt)),
      excerpt,
    ).toBe(true)
})

test('the connectors of the example keep what every source and sink keeps, by the commands of the page', async () => {
  const [node = '', plan = ''] = shellOf(page).trim().split('\n')
  expect(node).toBe('node --test conformance.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-C', 'offpeak-source', '--test-reporter=tap', ...node.split(' ').slice(1)],
    { cwd: example },
  )
  expect(stdout).toContain('# Subtest: rows of a document service')
  expect(stdout).toContain('# Subtest: a sink into a document service')
  expect(stdout).toMatch(/^# pass 19$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
  using folder = temporaryFolder()
  await using service = await project(folder.path)
  expect(plan).toMatch(/^npx offpeak /)
  const { exit } = await call(folder.path, ...plan.split(' ').slice(2))
  expect(exit).toBe(0)
  expect(subjects(service)).toEqual([])
}, 300_000)

test('a rehearsal asks for every document and leaves the service as it is', async () => {
  using folder = temporaryFolder()
  await using service = await project(folder.path)
  const plan = await call(folder.path, 'plan', 'subjects', '--json')
  expect(plan.exit, plan.stderr).toBe(0)
  expect(JSON.parse(plan.stdout)).toMatchObject({ toSend: 12 })
  const jobs = await call(folder.path, 'jobs', '--json')
  expect(jobs.stdout).toContain(`"sink":"the documents of ${service.url}"`)
  const run = await call(folder.path, 'run', 'subjects', '--max-cost', '$1')
  expect(run.exit, `${run.stdout}${run.stderr}`).toBe(0)
  expect(subjects(service)).toEqual([])
  const written = join(folder.path, '.offpeak/emulator/written')
  const [file = ''] = readdirSync(written).filter((name) => name.endsWith('.jsonl'))
  const lines = linesOf(join(written, file), z.object({ key: z.string(), subject: z.string() }))
  expect(lines.map(({ key }) => key).toSorted()).toEqual(notes.map(({ id }) => id))
})

test('a run writes each answer to its document, and a second run sends nothing', async () => {
  using folder = temporaryFolder()
  await using service = await project(folder.path)
  const tried = await call(folder.path, 'try', 'subjects', '-n', '1', '--write', '--yes')
  expect(`${tried.stdout}${tried.stderr}`).toContain(`wrote subject to the documents of ${service.url}`)
  const run = await call(folder.path, 'run', 'subjects', '--max-cost', '$1', '--write')
  expect(run.exit, `${run.stdout}${run.stderr}`).toBe(0)
  expect(subjects(service)).toHaveLength(12)
  const again = await call(folder.path, 'run', 'subjects', '--max-cost', '$1', '--write')
  expect(again.stderr).toContain('Nothing was sent')
  // Somebody has changed a document: it is asked for again, and no other one.
  service.documents.set('note-03', { id: 'note-03', text: 'Now it is about bridges.' })
  const plan = await call(folder.path, 'plan', 'subjects', '--write', '--json')
  expect(JSON.parse(plan.stdout)).toMatchObject({ toSend: 1 })
  const changed = await call(folder.path, 'run', 'subjects', '--max-cost', '$1', '--write')
  expect(changed.exit, changed.stderr).toBe(0)
  expect(subjects(service)).toHaveLength(12)
})
