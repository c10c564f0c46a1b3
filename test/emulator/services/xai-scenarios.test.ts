import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { fastSpeed, startFast } from '../emulator-kit.ts'
import {
  add,
  batchOf,
  container,
  elements,
  fileLines,
  isDone,
  pagesOf,
  resultsOf,
  until,
  uploaded,
  xai,
} from './xai-kit.ts'

describe('scenarios of xAI', () => {
  it('`xai-zero-requests`: counts nothing at first, and is not done for that', async () => {
    await using emulator = await startFast({ scenarios: ['xai-zero-requests:polls=2'] })
    const id = await container(emulator, 3)
    const seen: number[] = []
    for (let poll = 0; poll < 3; poll += 1) seen.push((await batchOf(emulator, id)).state.num_requests)
    expect(seen).toEqual([0, 0, 3])
    await until(emulator, id, isDone)
  })

  it('`xai-expire-by-clock`: its time passes, half of it stays pending, and no word says so', async () => {
    await using emulator = await startFast({ scenarios: ['xai-expire-by-clock:windowSeconds=100'] })
    const id = await container(emulator, 10)
    const half = await until(emulator, id, ({ state }) => state.num_success === 5)
    expect(Date.parse(half.expire_time)).toBeGreaterThan(Date.parse(half.create_time))
    emulator.advanceClock(200_000)
    const over = await until(emulator, id, () => emulator.bill().requests === 5)
    expect(over).toMatchObject({
      cancel_time: null,
      cancel_by_xai_message: null,
      state: { num_requests: 10, num_pending: 5, num_success: 5, num_error: 0, num_cancelled: 0 },
    })
    expect(Date.parse(over.expire_time)).toBeLessThan(emulator.state().clock.now_ms)
    expect((await pagesOf(emulator, id)).flat()).toHaveLength(5)
    expect((await add(emulator, id, elements(20, 1))).status).toBe(403)
  })

  it('`xai-error-object`: errors have a code and a message, and the message twice', async () => {
    await using emulator = await startFast({ scenarios: ['xai-error-object', 'line-5xx:every=2'] })
    const id = await container(emulator, 2)
    const [first] = (await resultsOf(emulator, id, 2)).filter(
      ({ batch_result: { error } }) => error !== undefined,
    )
    expect(first).toMatchObject({
      batch_result: { error: { code: 3, message: 'Internal server error. Please try again.' } },
      error_message: 'Internal server error. Please try again.',
    })
  })

  it('`xai-paged-results`: pages are short, whatever is asked for', async () => {
    await using emulator = await startFast({ scenarios: ['xai-paged-results:size=4'] })
    const id = await container(emulator, 10)
    await until(emulator, id, isDone)
    const pages = await pagesOf(emulator, id, 1000)
    expect(pages.map((page) => page.length)).toEqual([4, 4, 2])
    expect(new Set(pages.flat().map((result) => result.batch_request_id)).size).toBe(10)
  })
})

describe('scenarios of every service, at xAI', () => {
  it('expires with half of its answers: the other requests are cancelled', async () => {
    await using emulator = await startFast({ scenarios: ['expire-partial'] })
    const id = await container(emulator, 10)
    const over = await until(emulator, id, ({ state }) => state.num_cancelled === 5)
    expect(over.state).toMatchObject({ num_success: 5, num_pending: 0 })
    expect(await resultsOf(emulator, id, 10)).toHaveLength(10)
  })

  it('takes a cancellation back where requests run on: `cancel-runs-on`', async () => {
    await using emulator = await startFast({ scenarios: ['cancel-runs-on'] })
    const id = await container(emulator, 5)
    const { body } = await xai(emulator, 'POST', `/batches/${id}:cancel`, {})
    expect(body.state.num_cancelled).toBe(5)
    const later = await until(emulator, id, ({ state }) => state.num_success === 5)
    expect(later.state.num_cancelled).toBe(0)
    expect(await resultsOf(emulator, id, 5)).toHaveLength(5)
    expect(emulator.bill().requests).toBe(5)
  })

  it('`wrong-tier` says the tier of real time, costs as much, and is billed', async () => {
    await using emulator = await startFast({ scenarios: ['wrong-tier'] })
    const id = await container(emulator, 3)
    await until(emulator, id, isDone)
    const answers = (await pagesOf(emulator, id))
      .flat()
      .flatMap(({ batch_result: { response } }) => response?.chat_get_completion ?? [])
    expect(answers.map((answer) => answer.service_tier)).toEqual(['default', 'default', 'default'])
    const ticks = answers.reduce((sum, { usage }) => sum + usage.cost_in_usd_ticks, 0)
    const full = answers.reduce(
      (sum, { usage }) => sum + 1.25 * usage.prompt_tokens + 2.5 * usage.completion_tokens,
      0,
    )
    expect(ticks).toBe(Math.round(full * 10_000))
    expect(Math.abs(emulator.bill().cost_micro_usd - full)).toBeLessThanOrEqual(1)
  })

  it.each([
    ['all-failed', { num_success: 0, num_error: 20 }, 20],
    ['line-5xx:every=4', { num_success: 15, num_error: 5 }, 20],
    ['missing-lines:every=4', { num_success: 20, num_error: 0 }, 15],
    ['duplicate-lines:every=4', { num_success: 20, num_error: 0 }, 25],
  ])('plays %s', async (scenario, counts, lines) => {
    await using emulator = await startFast({ scenarios: [scenario] })
    const id = await container(emulator, 20)
    expect((await until(emulator, id, isDone)).state).toMatchObject(counts)
    expect((await pagesOf(emulator, id)).flat()).toHaveLength(lines)
  })

  it('forgets a batch that has ended, and hides others in the list', async () => {
    await using emulator = await startFast({ scenarios: ['gone', 'hidden-list'] })
    const fileId = await uploaded(emulator, fileLines(2))
    const { body } = await xai(emulator, 'POST', '/batches', { name: 'gone', input_file_id: fileId })
    while ((await xai(emulator, 'GET', `/batches/${body.batch_id}`)).status !== 404) continue
    expect((await xai(emulator, 'GET', '/batches')).body).toMatchObject({ batches: [] })
  })

  it('loses the answer to an upload and to a create that were done', async () => {
    await using emulator = await startFast({
      scenarios: ['lost-create:answer=502', 'lost-upload:answer=500'],
    })
    await expect(uploaded(emulator, fileLines(1))).resolves.toBeUndefined()
    expect((await xai(emulator, 'POST', '/batches', { name: 'lost' })).status).toBe(502)
    expect(emulator.state().files).toHaveLength(1)
    expect((await xai(emulator, 'GET', '/batches')).body).toMatchObject({ batches: [{ name: 'lost' }] })
  })

  it('goes on after a restart, with what was added to a container', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-xai-'))
    try {
      const first = await startEmulator({ dataDir, speed: 1 })
      const id = await container(first, 20)
      await first.close()
      await using second = await startEmulator({ dataDir, speed: fastSpeed })
      expect((await add(second, id, elements(5, 1, 'grok-4.20-0309-reasoning'))).status).toBe(412)
      expect((await add(second, id, elements(20, 5))).status).toBe(200)
      const done = await until(second, id, ({ state }) => state.num_success === 25)
      expect(done.state.num_pending).toBe(0)
      expect(second.bill().requests).toBe(25)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
