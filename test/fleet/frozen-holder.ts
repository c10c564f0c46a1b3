import { setTimeout as sleep } from 'node:timers/promises'
import { OffpeakError } from '../../src/domain/errors.ts'
import { openStore } from '../../src/stores/open.ts'
import { newRun } from '../../src/testing/stores/fixtures.ts'

/** A process that stands still in the middle of a transaction on a state, and says what became of it when it wakes. */
const [url = ''] = process.argv.slice(2)
await using store = await openStore(url, 'lineage', {
  session: 'offpeak frozen-test',
  async onDue() {
    process.kill(process.pid, 'SIGSTOP')
    await sleep(1_000)
  },
})
const said = await store.startRun(newRun('frozen', null, 'notes')).then(
  () => 'it was committed',
  (thrown: unknown) => (thrown instanceof OffpeakError ? thrown.code : String(thrown)),
)
console.log(said)
