import { type Cell, openCell, rowCount, tableContent } from '../../../test/crash/cell.ts'
import { billOf } from '../../../test/crash/check.ts'
import { startWorker } from '../../../test/crash/process.ts'
import { plain } from '../../../test/crash/scenarios.ts'
import { createDatabase, replaceDatabase } from '../../../test/support/postgres.ts'
import { type CommitRelay, startCommitRelay } from '../commit-relay.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'

/** So many of the commits lose their answer. */
const share = 0.2

interface Left {
  readonly unwritten: number
  readonly paidTwice: number
  /** Micro-dollars between ledger and bill, beyond the rounding of each batch. */
  readonly ledgerOff: number
}

/** What a finished run has left that one without faults would not have. */
async function leftBy(cell: Cell, tableUrl: string): Promise<Left> {
  const [run] = await cell.store.runs({ limit: 1 })
  const requests = await cell.store.requests(run?.id ?? '', { limit: 1_000 })
  const merged = requests.filter(({ outcome }) => outcome === 'merged').length
  const written = (await tableContent(tableUrl)).filter((line) => !line.includes('"headnote":null')).length
  const bill = billOf(cell)
  const settled = (await cell.store.ledger({ runId: run?.id ?? '' })).filter(({ kind }) => kind === 'settle')
  const difference =
    settled.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0) - bill.cost_micro_usd
  return {
    unwritten: rowCount - Math.min(merged, written),
    paidTwice: bill.duplicate_requests,
    ledgerOff: difference < 0 || difference > settled.length ? Math.abs(difference) : 0,
  }
}

/** One run whose state and table lie behind such relays. */
async function one(state: CommitRelay, table: CommitRelay, tableUrl: string): Promise<Left> {
  await using cell = await openCell('postgres', { ...plain, settings: { database: table.url } }, state.url)
  // The rows that a cell begins with.
  await replaceDatabase(tableUrl, cell.databaseUrl)
  for (const relay of [state, table]) relay.loses(true)
  await finish(cell)
  state.loses(false)
  return await leftBy(cell, tableUrl)
}

/** Carries the run to its end. A command that gives up because the database is away is typed again, as a person would. */
async function finish({ dir }: Cell): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { code, errors } = await startWorker(dir, 'run').ended
    if (code === 0) return
    if (tries === 5 || !errors.includes("code: 'E_DATABASE'"))
      throw new Error(`a run did not end well: ${errors.slice(-2_000)}`)
  }
}

/** Runs on a PostgreSQL that commits and is not heard. */
export async function lostCommits({ size, seed }: How): Promise<readonly Figure[]> {
  const wanted = size === 'full' ? 500 : 20
  const random = seededRandom(seed)
  const sum = { lost: 0, runs: 0, unwritten: 0, paidTwice: 0, ledgerOff: 0 }
  while (sum.lost < wanted) {
    await using stateDatabase = await createDatabase()
    await using tableDatabase = await createDatabase()
    await using state = await startCommitRelay(stateDatabase.url, () => random() < share)
    await using table = await startCommitRelay(tableDatabase.url, () => random() < share)
    const left = await one(state, table, tableDatabase.url)
    sum.runs += 1
    process.stderr.write(`run ${sum.runs}: ${state.lost()} + ${table.lost()} acknowledgements lost\n`)
    sum.lost += state.lost() + table.lost()
    sum.unwritten += left.unwritten
    sum.paidTwice += left.paidTwice
    sum.ledgerOff += left.ledgerOff
  }
  const more = { seed, asked: 500, note: `, ${sum.runs} runs of ${rowCount} records` }
  const of = (figure: string, count: number): Figure =>
    none(16, figure, count, sum.lost, 'lost acknowledgements', more)
  return [
    of('records not written after lost acknowledgements of commits', sum.unwritten),
    of('requests paid twice after lost acknowledgements of commits', sum.paidTwice),
    of('micro-dollars between ledger and bill after them, beyond rounding', sum.ledgerOff),
  ]
}
