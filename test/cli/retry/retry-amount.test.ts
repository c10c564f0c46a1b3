import { expect, test } from 'vitest'
import { notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

async function capOf(dir: string): Promise<number | null> {
  return readJson(statusJson, await call(dir, 'status', 'notes', '--json')).money.capMicroUsd
}

const never = { records: 3, job: "check: () => 'never good', retry: { max: 1 }," }

test('a retry that costs almost nothing says what its --max-cost is for', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { ...never, budget: null })
  await call(folder.path, 'run', 'notes', '--max-cost', '$0.00018')
  const asked = await call(folder.path, 'retry', 'notes')
  expect(asked.exit).toBe(2)
  expect(asked.stderr).toMatch(
    /--max-cost '\$0\.01' \(for the whole run, which has spent \$0\.0\d+; this is at most \$0\.0/,
  )
})

test('within the cap of the run, --yes is offered for a retry', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, never)
  await call(folder.path, 'run', 'notes', '--max-cost', '$2')
  const asked = await call(folder.path, 'retry', 'notes')
  expect(asked.stderr).toContain('--yes to agree to $2.00')
})

test('agreeing to less than the cap, and enough for the retry, leaves the cap as it was', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, never)
  await call(folder.path, 'run', 'notes', '--max-cost', '$2')
  expect(await capOf(folder.path)).toBe(2_000_000)
  await call(folder.path, 'retry', 'notes', '--max-cost', '$1')
  expect(await capOf(folder.path)).toBe(2_000_000)
  await call(folder.path, 'retry', 'notes', '--max-cost', '$3')
  expect(await capOf(folder.path)).toBe(3_000_000)
})
