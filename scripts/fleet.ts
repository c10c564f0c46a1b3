/**
 * A fleet under restarts: `npm run fleet [-- --minutes 5 --workers 4 --every 8 --records 400 --seed 1 --driver local]`.
 * Workers carry one run after the other while PostgreSQL, which holds their state, is ended as a failing machine would
 * end it, every so many seconds. Needs the programs of PostgreSQL on this machine; everything else is emulated, and
 * nothing is sent. Exits with 1 when a worker has died by itself, a record is lost, or something was paid twice.
 */
import { parseArgs } from 'node:util'
import { serverPrograms } from '../test/support/postgres.ts'
import { endure } from '../test/fleet/endure.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    workers: { type: 'string', default: '4' },
    every: { type: 'string', default: '8' },
    records: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    driver: { type: 'string', default: 'local' },
  },
})
const programs = serverPrograms()
if (programs === null) throw new Error('PostgreSQL is not installed here: its programs are needed')
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const seed = Number(values.seed)
const found = await endure({
  programs,
  driver: values.driver === 'pg-boss' ? 'pg-boss' : 'local',
  workers: Number(values.workers),
  durationMs: Number(values.minutes) * 60_000,
  restartEveryMs: Number(values.every) * 1_000,
  records: Number(values.records),
  seed,
  say,
})
for (const words of found.died) say(`a worker died:\n${words}`)
console.log(JSON.stringify({ seed, driver: values.driver, ...found, died: found.died.length }, null, 2))
if (found.died.length > 0 || found.lost > 0 || found.billedTwice > 0) process.exitCode = 1
