import { z } from 'zod'
import { all, type Figure, figureOf, type How, none } from '../figure.ts'
import { run } from '../run.ts'

export async function fuzz({ size, seed }: How): Promise<readonly Figure[]> {
  const count = size === 'full' ? 100_000 : 3_000
  const { isGood, output } = await run(['test/server/fuzz.ts', String(count), String(seed)])
  const wrong = /^Nothing was answered wrongly/m.test(output)
    ? 0
    : Number(/^(\d+) wrong/m.exec(output)?.[1] ?? Number.NaN)
  if (Number.isNaN(wrong)) throw new Error(`it printed no figures, and at last:\n${output.slice(-2_000)}`)
  return [
    none(22, 'calls of the API that are answered wrongly', wrong, count, 'calls', {
      isGood,
      seed,
      asked: 100_000,
    }),
  ]
}

const endured = z.object({
  died: z.number(),
  lost: z.number(),
  billedTwice: z.number(),
  restarts: z.number(),
  records: z.number(),
  batches: z.number(),
  ledgerLessBillMicroUsd: z.number(),
})

/** A fleet whose database is restarted every few seconds. */
export async function fleet({ size, seed }: How): Promise<readonly Figure[]> {
  const minutes = size === 'full' ? '30' : '1'
  const { isGood, output } = await run(['scripts/fleet.ts', '--minutes', minutes, '--seed', String(seed)])
  const found = endured.parse(JSON.parse(output))
  const { records, restarts, died, lost, billedTwice } = found
  const more = { seed, note: `, ${restarts} restarts in ${minutes} min` }
  return [
    none(15, 'workers that died of a restart of PostgreSQL', died, restarts, 'restarts', { isGood, seed }),
    none(15, 'records lost under restarts', lost, records, 'records', { ...more, asked: 5_000 }),
    none(15, 'requests billed twice under restarts', billedTwice, records, 'records', {
      ...more,
      asked: 5_000,
    }),
    ledgerFigure('a fleet under restarts', found.ledgerLessBillMicroUsd, found.batches, seed),
  ]
}

/** The ledger beside the bill: it rounds each batch up to a micro-dollar, and may be off by nothing else. */
function ledgerFigure(where: string, lessBillMicroUsd: number, batches: number, seed?: number): Figure {
  const off = Math.max(-lessBillMicroUsd, lessBillMicroUsd - batches, 0)
  return figureOf({
    row: 9,
    figure: `ledger beside the service's bill, in ${where}`,
    target: '0',
    measured: `off by ${off} micro-dollars beyond rounding, ${batches} batches`,
    isGood: off === 0,
    ...(seed === undefined ? {} : { seed }),
  })
}

/** A large run at a service with eight faults at once. */
export async function storm({ size }: How): Promise<readonly Figure[]> {
  const { isGood, output } = await run([
    'scripts/storm.ts',
    ...(size === 'full' ? [] : ['--records', '10000']),
  ])
  const count = output.match(/^(?:ok|WRONG) /gm)?.length ?? 0
  if (count === 0) throw new Error(`it printed no figures, and at last:\n${output.slice(-2_000)}`)
  const records = Number(/^(\d+) records, /m.exec(output)?.[1] ?? 0)
  const batches = Number(/, (\d+) batches, /.exec(output)?.[1] ?? 0)
  const value = (what: string): number =>
    Number(new RegExp(`^(?:ok|WRONG) +${what}.*? (-?\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN)
  return [
    ledgerFigure('eight faults at once', value('ledger above the bill'), batches),
    none(10, 'records unaccounted for', value('neither merged nor known'), records, 'records', {
      asked: 10_000_000,
    }),
    all(10, 'checks of file, state and bill after eight faults at once', count, isGood, {
      note: `, ${records} records`,
    }),
  ]
}
