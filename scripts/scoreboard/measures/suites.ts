import { knownScenarios } from '../../../src/emulator/index.ts'
import { all, type Figure } from '../figure.ts'
import { passed, runTests } from '../run.ts'

/** Each fault of a service that the emulator plays, and a whole run against the bill while it does. */
export async function faultyServices(): Promise<readonly Figure[]> {
  const bill = await runTests(['test/engine/bill.test.ts'])
  const played = await runTests(['test/emulator/scenario'])
  passed(played)
  return [
    all(
      7,
      'situations of a service in which cap and ledger hold against the bill',
      passed(bill),
      bill.isGood,
      {
        asked: 40,
      },
    ),
    all(31, 'faults of services that the emulator plays, each tested', knownScenarios.length, played.isGood, {
      asked: 40,
    }),
  ]
}

export async function fullDisks(): Promise<readonly Figure[]> {
  const ran = await runTests(['test/engine/full-disk.test.ts'])
  return [all(17, 'situations of a full disk that are outlived', passed(ran), ran.isGood)]
}

export async function upgrades(): Promise<readonly Figure[]> {
  const ran = await runTests(['test/stores/upgrade.test.ts'])
  return [all(20, 'checks of a state that an earlier version has left', passed(ran), ran.isGood)]
}

/** Who is let in, by key and by where they come from. */
export async function doors(): Promise<readonly Figure[]> {
  const keys = await runTests(['test/server/keys.test.ts', 'test/server/hidden-jobs.test.ts'])
  const origins = await runTests(
    ['guards', 'sessions', 'proxies', 'hooks/hook-addresses'].map((name) => `test/server/${name}.test.ts`),
  )
  return [
    all(23, 'checks of which key may do what to which job', passed(keys), keys.isGood),
    all(24, 'checks of hosts, origins, sessions and addresses', passed(origins), origins.isGood),
  ]
}
