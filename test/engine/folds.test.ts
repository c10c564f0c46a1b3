import { expect, test } from 'vitest'
import { everything } from '../../src/compose/selection.ts'
import { carry, openKit } from './run-kit.ts'

test('requests that are the same are sent once, also when a file was committed between them', async () => {
  // Files of five, and one page of all records: the twins of the first five come after their file is closed.
  await using project = await openKit({ records: 12, job: 'prompt: ({ row }) => `Note ${row.id % 7}`,' })
  const { run } = await project.offpeak.start('notes', everything, null)
  expect(await carry(project, run.id)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 7, duplicate_requests: 0 })
})
