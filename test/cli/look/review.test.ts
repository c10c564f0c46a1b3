import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { callOnTerminal, notesProject } from '../notes-project.ts'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

// Environment files are read into this process, so that all tests here have one editor, which does what the last one says.
const folderOfEditor = temporaryFolder()
const editor = join(folderOfEditor.path, 'editor.mjs')
afterAll(() => folderOfEditor[Symbol.dispose]())

function editorDoes(script: string): void {
  writeFileSync(
    editor,
    `import { readFileSync, writeFileSync } from 'node:fs'\nconst file = process.argv.at(-1)\n${script}\n`,
  )
}

/** Six notes; those below 3 wait for a person. */
async function reviewed(dir: string): Promise<void> {
  await notesProject(dir, { records: 6, job: 'score: { of: ({ row }) => row.id / 6, min: 0.5 },' })
  await write(dir, { '.env': `VISUAL="${process.execPath} ${editor}"\n` })
  const ran = await call(dir, 'run', 'notes', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(6)
  expect(ran.stdout + ran.stderr).toContain('offpeak review')
}

const line = z.object({ key: z.string(), summary: z.string() })
const written = (dir: string): ReadonlyMap<string, string> =>
  new Map(linesOf(join(dir, 'out.jsonl'), line).map(({ key, summary }) => [key, summary]))

const queue = z.object({
  items: z.array(z.object({ key: z.string(), outcome: z.string(), verdict: z.string().nullable() })),
  total: z.number(),
  verdicts: z.record(z.string(), z.number()),
})

test('without a terminal it prints what is to be looked at', async () => {
  using folder = temporaryFolder()
  await reviewed(folder.path)
  const held = queue.parse(jsonOf(await call(folder.path, 'review', 'notes', '--json')))
  expect(held.items.map(({ key }) => key)).toEqual(['0', '1', '2'])
  const shown = await call(folder.path, 'review', 'notes')
  expect(shown.stdout).toMatch(/of notes {3}3 answers/)
  expect(shown.stdout).toMatch(/1 +review +0\.17 +-/)
  const sample = queue.parse(jsonOf(await call(folder.path, 'review', 'notes', '--sample', '2', '--json')))
  expect(sample.items.map(({ outcome }) => outcome)).toEqual(['merged', 'merged'])
  const failed = await call(folder.path, 'review', 'notes', '--failed')
  expect(failed.stderr).toContain('no answer that was not accepted')
  expect((await call(folder.path, 'review', 'notes', '--failed', '--sample', '2')).exit).toBe(2)
})

test('a person accepts, edits, rejects, skips and takes back, one answer at a time', async () => {
  using folder = temporaryFolder()
  await reviewed(folder.path)
  // An answer that is JSON is opened as JSON.
  editorDoes(`JSON.parse(readFileSync(file, 'utf8'))\nwriteFileSync(file, '{ "summary": "Put better." }')`)
  // Accept, think better of it, reject with a reason; edit; skip.
  const keys = ['x', 'u', 'a', 'u', 'r', 'e', 's', 'u', 's', 'q']
  const at = await callOnTerminal(folder.path, { keys, answers: ['made up'] }, 'review', 'notes')
  expect(at.exit, at.stderr).toBe(0)
  expect(at.stdout).toMatch(/record 0 of run \w+ {3}scored 0\.00 {3}1 of 3/)
  expect(at.stdout).toContain('Note 0 tells of a ship')
  expect(at.stdout).toMatch(/2 of 3 · accepted 0 % \(±80\)/)
  expect(at.stdout).toMatch(/3 of 3 · accepted 50 % \(±41\)/)
  expect(at.stderr).toContain('a accept · e edit · r reject · s skip · v view all · u undo · q quit')
  expect(at.stderr).toContain('Nothing was said yet.')
  expect(at.stderr).toContain('0: accept, written (merged)')
  expect(at.stderr).toContain('0: taken back; what was written stays')
  expect(at.stderr).toContain('0: reject (merged)')
  expect(at.stderr).toContain('1: edit, written (merged)')
  expect(at.stderr).toContain('3 answers judged, accepted 50 % (±41). None is left.')
  expect(written(folder.path).get('1')).toBe('Put better.')
  const { items, verdicts } = queue.parse(jsonOf(await call(folder.path, 'review', 'notes', '--json')))
  expect(items).toEqual([expect.objectContaining({ key: '2', verdict: 'skip' })])
  expect(verdicts).toEqual({ accept: 0, edit: 1, reject: 1, skip: 1 })
})

test('what goes wrong is said, and the answer stays in view', async () => {
  using folder = temporaryFolder()
  await reviewed(folder.path)
  editorDoes(`writeFileSync(file, '{ "summary": 7 }')`)
  const at = await callOnTerminal(folder.path, { keys: ['e', 'r', 'q'], answers: [null] }, 'review', 'notes')
  expect(at.stderr).toContain('The edited output does not fit: summary')
  expect(at.stderr).toContain('0 answers judged. 3 left.')
  editorDoes(`writeFileSync(file, '{')`)
  const broken = await callOnTerminal(folder.path, { keys: ['e'] }, 'review', 'notes')
  expect(broken.stderr).toContain('The edited output is no JSON')
  editorDoes('')
  const same = await callOnTerminal(folder.path, { keys: ['e'] }, 'review', 'notes')
  expect(same.stderr).toContain('Nothing was changed.')
  editorDoes('process.exit(3)')
  const ended = await callOnTerminal(folder.path, { keys: ['e'] }, 'review', 'notes')
  expect(ended.stderr).toContain('The editor ended with 3')
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').split('\n')).toHaveLength(4)
})
