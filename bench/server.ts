/**
 * Measures `offpeak serve` under load on this machine, the load generator beside it:
 * `npm run bench:server [-- --seconds 10 --records 50000 --connections 50 --streams 200]`.
 * Prints what each path holds beside its target (with --json, the figures as one more line), and writes bench/server-results.json when nothing narrows it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { openProject } from '../src/compose/open-project.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as library from '../src/index.ts'
import { machineFacts } from './results.ts'
import { load, type Load, type Loaded } from './server/load.ts'
import { startServed } from './server/served.ts'
import { makeState } from './server/state.ts'
import { streams } from './server/streams.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    records: { type: 'string', default: '50000' },
    runs: { type: 'string', default: '60' },
    connections: { type: 'string', default: '50' },
    streams: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
})
const [seconds, connections] = [Number(values.seconds), Number(values.connections)]
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const directory = mkdtempSync(join(tmpdir(), 'offpeak-bench-server-'))
try {
  say(`Making a state: one run of ${values.records} records, ${Number(values.runs) - 1} small ones.`)
  const { large } = await makeState(directory, Number(values.records), Number(values.runs))
  await using served = await startServed(directory)
  const loads: readonly Load[] = [
    { name: 'health (nothing but the server)', path: '/healthz', target: null, open: true },
    { name: 'status of a run', path: `/api/v1/runs/${large}`, target: { perSecond: 2_000, p99Ms: 100 } },
    { name: 'list of 50 runs', path: '/api/v1/runs?limit=50', target: { perSecond: 800, p99Ms: 200 } },
    {
      name: 'page of 50 rows',
      path: `/api/v1/runs/${large}/rows?limit=50&answers=false`,
      target: { perSecond: 800, p99Ms: 200 },
    },
    {
      name: 'page of 50 rows with answers',
      path: `/api/v1/runs/${large}/rows?limit=50&answers=true`,
      target: null,
    },
  ]
  const startBytes = served.residentBytes()
  const measured: Loaded[] = []
  for (const each of loads) {
    say(`${each.name} …`)
    measured.push(await load(served.url, each, { seconds, connections }))
  }
  const loadedBytes = served.residentBytes()
  say('The same status once more, three times as long, for the memory …')
  const again = loads[1]
  if (again) await load(served.url, again, { seconds: 3 * seconds, connections })
  const longBytes = served.residentBytes()

  say(`${values.streams} event streams …`)
  await using offpeak = await openProject({ cwd: directory, modules: { offpeak: library } })
  // What another process writes into the state is what the streams have to tell.
  const note = (kind: string) => async (): Promise<void> =>
    offpeak.store.addEvent(large, Date.now(), kind, {})
  const kinds = Array.from({ length: 10 }, (_, index) => `bench.${index}`)
  const live = await streams(served.url, Number(values.streams), kinds.map(note), kinds)
  const streamBytes = served.residentBytes()

  const base = measured[0]?.perSecond ?? 0
  console.log('\n| Path | Requests/s | Target | p50 | p99 | Target | 429 | Failed | Of the bare server |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const { name, perSecond, p50Ms, p99Ms, limited, failed, target } of measured)
    console.log(
      `| ${name} | ${Math.round(perSecond)} | ${target?.perSecond ?? ''} | ${p50Ms} ms | ${p99Ms} ms | ${target ? `${target.p99Ms} ms` : ''} | ${limited} | ${failed} | ${(perSecond / base).toFixed(2)} |`,
    )
  console.log(
    `\nMemory: ${megabytes(startBytes)} at the start, ${megabytes(loadedBytes)} after these, ${megabytes(longBytes)} after ${3 * seconds} s more, ${megabytes(streamBytes)} after the streams.`,
  )
  console.log(
    `Streams: ${live.streams} open, ${live.heard} of ${live.wanted} messages heard, p99 ${Math.round(live.p99Ms)} ms after the change.`,
  )
  const memory = { startBytes, loadedBytes, longBytes, streamBytes }
  if (values.json) console.log(JSON.stringify({ measured, memory, live }))
  if (process.argv.length === 2)
    writeFileSync(
      join(import.meta.dirname, 'server-results.json'),
      `${JSON.stringify({ machine: machineFacts('bench:server', []), measured, memory, live }, null, 2)}\n`,
    )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
