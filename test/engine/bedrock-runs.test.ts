import { expect, test } from 'vitest'
import { openBedrock } from './bedrock-kit.ts'
import { begin, carry, checkMoney, requestsOf, sinkRows } from './run-kit.ts'

test.for([
  'none',
  'bedrock-same-token-twice',
  'lost-create@1',
  'lost-create@1:answer=502',
  'short-download@all',
  'clock-skew:seconds=-3600',
])('with %s every record is answered and paid once, in one job', async (scenario) => {
  await using project = await openBedrock()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 120 } })
  expect(sinkRows(project)).toHaveLength(120)
  expect(project.emulator.bill()).toMatchObject({ requests: 120, duplicate_requests: 0 })
  expect(project.emulator.state().batches).toHaveLength(1)
  await checkMoney(project, runId)
})
