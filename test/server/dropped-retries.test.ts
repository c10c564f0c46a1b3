import { expect, test } from 'vitest'
import { begin, carry, checkMoney } from '../engine/run-kit.ts'
import { openServed } from './server-kit.ts'

test('what is to be sent again and is in no batch is dropped through REST, unpaid', async () => {
  await using project = await openServed({
    records: 4,
    job: "check: () => 'too plain', retry: { max: 1 },",
  })
  const { ask, emulator } = project
  const run = await begin(project)
  await carry(project, run)
  const billed = emulator.bill()
  expect(billed).toMatchObject({ requests: 4 })
  const retried = await ask('POST', `/api/v1/runs/${run}/retry`, {
    body: { outcomes: ['invalid'], today: false, maxCost: '$1' },
  })
  expect(retried.json).toMatchObject({ marked: 4 })
  expect((await ask('GET', `/api/v1/runs/${run}`)).json).toMatchObject({ state: 'running', retrying: 4 })
  const dropped = await ask('POST', `/api/v1/runs/${run}/cancel`, { body: { unsent: true } })
  expect(dropped.json).toMatchObject({
    state: 'running',
    retrying: 0,
    needsAttention: 4,
    counts: { invalid: 4 },
  })
  expect(await carry(project, run)).toMatchObject({ state: 'done', counts: { invalid: 4 } })
  expect(emulator.bill()).toEqual(billed)
  await checkMoney(project, run)
})
