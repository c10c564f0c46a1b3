import { expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonLines, notesProject, offpeakProcess } from '../notes-project.ts'
import { temporaryFolder, write } from '../project.ts'

/** What projects hold open: nothing of it is closed by anybody. */
const held = `import { createServer } from 'node:http'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
setInterval(() => undefined, 1_000)
const server = createServer().listen(0, '127.0.0.1', () => connect(server.address().port, '127.0.0.1'))
new Worker('setInterval(() => undefined, 1_000)', { eval: true })
process.stdin.resume()
`
const chatty = `console.log('words of the job file')
console.info('more of them')
process.stdout.write('and written as they are\\n')
`

async function project(dir: string, code: string, speed?: number): Promise<void> {
  await notesProject(dir, { records: 3, ...(speed === undefined ? {} : { speed }) })
  const path = join(dir, 'jobs/notes.job.ts')
  const job = await readFile(path, 'utf8')
  await write(dir, {
    'jobs/notes.job.ts': `${code}${job.replace('row.text,', "(console.log('words of a prompt'), row.text),")}`,
  })
}

test('a command ends with its code and all of its output, whatever job files hold open', async () => {
  using folder = temporaryFolder()
  await project(folder.path, held)
  for (const words of [
    ['plan', 'notes'],
    ['run', 'notes', '--yes'],
    ['status', 'notes'],
    ['worker', '--once'],
  ]) {
    const ended = await offpeakProcess(folder.path, words)
    expect(ended, words.join(' ')).toMatchObject({ exit: 0, signal: null })
  }
  const results = await offpeakProcess(folder.path, ['results', 'notes'])
  expect(results.stdout.trimEnd().split('\n')).toHaveLength(3)
  expect((await offpeakProcess(folder.path, ['plan', 'nothing'])).exit).toBe(2)
  const worker = await offpeakProcess(folder.path, ['worker'], { whenSaid: ['worker', 'SIGTERM'] })
  expect(worker).toMatchObject({ exit: 0, signal: null })
})

test('what job files write to stdout goes to stderr: stdout is data', async () => {
  using folder = temporaryFolder()
  await project(folder.path, chatty)
  for (const words of [
    ['plan', 'notes', '--json'],
    ['run', 'notes', '--yes', '--json'],
    ['jobs', '--json'],
  ]) {
    const ended = await offpeakProcess(folder.path, words)
    expect(ended.exit).toBe(0)
    expect(jsonLines(ended).length).toBeGreaterThan(0)
    for (const said of ['words of the job file', 'more of them', 'and written as they are'])
      expect(ended.stderr).toContain(said)
  }
  const results = await offpeakProcess(folder.path, ['results', 'notes', '--format', 'csv'])
  expect(results.stdout).not.toContain('words')
})

test('SIGTERM ends a run in order and then by that signal; its next call continues', async () => {
  using folder = temporaryFolder()
  await project(folder.path, held, 20)
  const ended = await offpeakProcess(folder.path, ['run', 'notes', '--yes'], {
    whenSaid: ['phase=running', 'SIGTERM'],
  })
  expect(ended.signal).toBe('SIGTERM')
  expect(ended.stderr).toContain('Detached, nothing cancelled.')
})
