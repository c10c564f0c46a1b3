/**
 * Measures how quickly a folder of PDFs becomes request files, beside a script as one would write it by hand:
 * `node -C offpeak-source bench/files.ts [--pdfs 2000] [--size 300000] [--rounds 1] [--directory …]`. Needs about three
 * times the size of all PDFs on the disk of the directory, which is a temporary one when left out, and leaves nothing.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { memoryEnvironment, nodeFlags } from '../bin/node-flags.js'
import { archivePdf } from '../examples/transcripts/pdfs.ts'
import { compile, makeProject } from './dist.ts'
import type { Measurement } from './measure.ts'
import { runScript } from './processes.ts'
import { type Result, summarise, tableOf } from './results.ts'

const { values: options } = parseArgs({
  options: {
    pdfs: { type: 'string', default: '2000' },
    size: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '1' },
    directory: { type: 'string', default: tmpdir() },
  },
})
const [count, size, rounds] = [Number(options.pdfs), Number(options.size), Number(options.rounds)]

const directory = mkdtempSync(join(options.directory, 'offpeak-files-'))
const tidy = (): void => rmSync(directory, { recursive: true, force: true })
process.once('exit', tidy)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

console.error('compiling')
const dist = await compile(directory)
const project = makeProject(join(directory, 'project'))
const folder = join(project, 'pdfs')
const byHand = join(directory, 'by-hand')
mkdirSync(folder)
console.error(`making ${count} PDFs of ${size} bytes`)
for (let index = 0; index < count; index += 1) {
  const { name, pdf } = archivePdf(index, size)
  writeFileSync(join(folder, name), pdf)
}
const env = { OPENAI_API_KEY: 'bench' }
const ours: Measurement[] = []
const theirs: Measurement[] = []
for (let round = 0; round < rounds; round += 1) {
  for (const made of [byHand, join(project, '.offpeak')]) rmSync(made, { recursive: true, force: true })
  mkdirSync(byHand)
  settle()
  theirs.push(note('by hand', await runScript('hand/files.ts', [folder, byHand], { cwd: directory, env })))
  // Neither may pay for what the other has left to be written.
  rmSync(byHand, { recursive: true })
  settle()
  ours.push(
    note(
      'offpeak',
      await runScript('ours/build.ts', [dist, 'pdfs'], {
        cwd: project,
        env: { ...env, ...memoryEnvironment },
        nodeFlags,
      }),
    ),
  )
}
const of = { task: `PDFs of ${Math.round(size / 1000)} KB`, rows: count, phase: 'build' }
const results: readonly Result[] = [
  { ...of, contestant: 'offpeak', rounds: ours },
  { ...of, contestant: 'by hand', rounds: theirs },
]
console.log(tableOf(summarise(results)))

function note(contestant: string, measured: Measurement): Measurement {
  if (measured.rows !== count) throw new Error(`${contestant} did ${measured.rows} of ${count} PDFs`)
  console.error(
    `${contestant}: ${(measured.wallMs / 1000).toFixed(2)} s, ${(measured.peakBytes / 1e6).toFixed(0)} MB ${JSON.stringify(measured.facts)}`,
  )
  return measured
}

function settle(): void {
  if (process.platform !== 'win32') execFileSync('sync')
}
