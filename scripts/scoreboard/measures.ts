import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { knownScenarios } from '../../src/emulator/index.ts'
import { all, type Figure, none } from './figure.ts'
import { passed, printed, run, runTests } from './run.ts'

export interface How {
  /** Everything, for hours if need be, in place of a sample. */
  readonly isWhole: boolean
  readonly seed: string
}

const root = join(import.meta.dirname, '../..')

const survived = z.object({
  runs: z.number(),
  kills: z.number(),
  lostRecords: z.number(),
  paidTwiceRequests: z.number(),
  overshootMicroUsd: z.number(),
})

function matrix({ isWhole }: How): Readonly<Record<string, string>> {
  return isWhole ? { OFFPEAK_CRASH_MATRIX: 'whole' } : {}
}

/** What is measured, by name. Each throws when it could not be. */
export const measures: Readonly<Record<string, (how: How) => Promise<readonly Figure[]>>> = {
  async crash(how) {
    const ran = await runTests(['test/crash/crash.test.ts'], matrix(how))
    const found = printed(ran, survived.extend({ points: z.number() }))
    const runs = `${found.runs} runs, ${found.kills} kills`
    return [
      all('named points at which kill -9 is survived', found.points, ran.isGood, 60, ` (${runs})`),
      none('records lost to kills', found.lostRecords, runs),
      none('requests paid twice after kills', found.paidTwiceRequests, runs),
      none('millionths of a dollar over the cap, by the bill', Math.max(0, found.overshootMicroUsd), runs),
    ]
  },
  async trouble(how) {
    const ran = await runTests(['test/crash/trouble.test.ts'], matrix(how))
    const { trouble } = printed(
      ran,
      z.object({ trouble: survived.extend({ killsAtAnyTime: z.number(), stalls: z.number() }) }),
    )
    const runs = `${trouble.runs} runs`
    return [
      all('kills at any time that a run survives', trouble.killsAtAnyTime, ran.isGood),
      all('stalls longer than a lease that do no harm', trouble.stalls, ran.isGood),
      none(
        'records lost, requests paid twice by stalls, lost answers, rivals',
        trouble.lostRecords + trouble.paidTwiceRequests,
        runs,
      ),
    ]
  },
  async backward(how) {
    const ran = await runTests(['test/crash/backward.test.ts'], matrix(how))
    const { backward } = printed(
      ran,
      z.object({ backward: z.object({ restored: z.number(), lost: z.number(), boughtAgain: z.number() }) }),
    )
    const states = `${backward.restored} states restored, ${backward.lost} lost`
    return [none('requests bought again by an older or new state', backward.boughtAgain, states, ran)]
  },
  async bill() {
    const ran = await runTests(['test/engine/bill.test.ts'])
    const figure = 'situations of a service in which cap and ledger hold against the bill'
    return [all(figure, passed(ran), ran.isGood, 40)]
  },
  async upgrade() {
    const ran = await runTests(['test/stores/upgrade.test.ts'])
    return [all('checks of a state that an earlier version has left', passed(ran), ran.isGood)]
  },
  async doors() {
    const names = ['guards', 'keys', 'hidden-jobs', 'sessions', 'proxies', 'hook-addresses']
    const ran = await runTests(names.map((name) => `test/server/${name}.test.ts`))
    const figure = 'checks of who is let in to what: routes, keys, hosts, origins, addresses'
    return [all(figure, passed(ran), ran.isGood)]
  },
  async services() {
    const ran = await runTests(['test/emulator/scenario'])
    passed(ran)
    const figure = 'faults of services that the emulator plays, each tested'
    return [all(figure, knownScenarios.length, ran.isGood, 40)]
  },
  async disk() {
    const ran = await runTests(['test/engine/full-disk.test.ts'])
    return [all('situations of a full disk that are outlived', passed(ran), ran.isGood)]
  },
  async fuzz({ isWhole, seed }) {
    const count = isWhole ? 100_000 : 3_000
    const { isGood, output } = await run(['test/server/fuzz.ts', String(count), seed])
    const wrong = /^Nothing was answered wrongly/m.test(output)
      ? 0
      : Number(/^(\d+) wrong/m.exec(output)?.[1] ?? Number.NaN)
    if (Number.isNaN(wrong)) throw new Error(`it printed no figures, and at last:\n${output.slice(-2_000)}`)
    return [none('calls of the API that are answered wrongly', wrong, String(count), { isGood, seed })]
  },
  async fleet({ isWhole, seed }) {
    const minutes = isWhole ? '5' : '1'
    const { isGood, output } = await run(['scripts/fleet.ts', '--minutes', minutes, '--seed', seed])
    const found = z
      .object({
        died: z.number(),
        lost: z.number(),
        billedTwice: z.number(),
        restarts: z.number(),
        records: z.number(),
        batches: z.number(),
        ledgerLessBillMicroUsd: z.number(),
      })
      .parse(JSON.parse(output))
    const runs = `${found.records} records, ${found.restarts} restarts`
    // Each batch is rounded up.
    const off = Math.max(-found.ledgerLessBillMicroUsd, found.ledgerLessBillMicroUsd - found.batches, 0)
    return [
      none('workers that died of a restart of PostgreSQL', found.died, runs, { isGood, seed }),
      none('records lost under restarts', found.lost, runs, { seed }),
      none('requests billed twice under restarts', found.billedTwice, runs, { seed }),
      none('millionths of a dollar between ledger and bill, beyond rounding', off, runs, { seed }),
    ]
  },
  async storm({ isWhole }) {
    const { isGood, output } = await run(['scripts/storm.ts', ...(isWhole ? [] : ['--records', '10000'])])
    const count = output.match(/^(?:ok|WRONG) /gm)?.length ?? 0
    const records = /^(\d+) records, /m.exec(output)?.[1] ?? '0'
    const figure = 'checks of file, state and bill after eight faults at once'
    return [all(figure, count, isGood, 1, `, ${records} records`)]
  },
  async packages() {
    const manifest = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
    const lock = z
      .object({
        packages: z.record(
          z.string(),
          z.object({
            dev: z.boolean().optional(),
            optional: z.boolean().optional(),
            peer: z.boolean().optional(),
          }),
        ),
      })
      .parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
    const direct = Object.keys(manifest.dependencies).length
    const total = Object.entries(lock.packages).filter(
      ([path, { dev, optional, peer }]) =>
        path.startsWith('node_modules/') && dev !== true && optional !== true && peer !== true,
    ).length
    return [
      {
        figure: 'packages that an installation brings, direct and in total',
        target: '≤ 12, ≤ 60',
        measured: `${direct}, ${total}`,
        seed: '–',
        isMet: direct <= 12 && total <= 60,
      },
    ]
  },
}
