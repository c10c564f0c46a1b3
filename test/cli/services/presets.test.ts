import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { type Child, notesProject, offpeakProcess, readJson } from '../notes-project.ts'
import { linesOf, temporaryFolder } from '../project.ts'

const model = 'openai/gpt-oss-120b'
const services = [
  { name: 'groq', key: 'GROQ_API_KEY', address: 'GROQ_BASE_URL', realtimeTimes: 2 },
  { name: 'together', key: 'TOGETHER_API_KEY', address: 'TOGETHER_BASE_URL', realtimeTimes: 1 },
  { name: 'deepinfra', key: 'DEEPINFRA_API_KEY', address: 'DEEPINFRA_API_BASE', realtimeTimes: 1.25 },
] as const
type Service = (typeof services)[number]

const planJson = z.object({
  deliveryMode: z.string(),
  cost: z.object({ likelyMicroUsd: z.number(), realtimeMicroUsd: z.number(), savedMicroUsd: z.number() }),
})
const outLine = z.looseObject({ key: z.string(), summary: z.string() })

/** A project that asks a service, whose part an emulator plays that does not say what it is, and its commands. */
async function project(
  dir: string,
  emulator: Emulator,
  { name, key, address }: Service,
  options = '',
): Promise<(argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Child>> {
  await notesProject(dir, {
    model: `${name}('${model}'${options})`,
    emulator: 'none',
    timings: 'leaseMs: 600, settleMs: [50, 50], listingLagMs: 50, quotaBackoffMs: 50,',
  })
  const own = { [key]: 'any-key', [address]: emulator.baseUrls[name] ?? '' }
  return (argv, env = {}) => offpeakProcess(dir, argv, { env: { ...own, ...env } })
}

const timeout = 60_000

describe.each(services)('$name', { timeout }, (service) => {
  test('is planned at its own discount and run to its end', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    const offpeak = await project(folder.path, emulator, service)
    const { deliveryMode, cost } = readJson(planJson, await offpeak(['plan', 'notes', '--json']))
    expect(deliveryMode).toBe('batch')
    expect(cost.realtimeMicroUsd / cost.likelyMicroUsd).toBeCloseTo(service.realtimeTimes, 1)
    expect(emulator.bill()).toMatchObject({ batches: 0 })
    const ran = await offpeak(['run', 'notes', '--yes'])
    expect(ran.exit, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('12 of 12 records')
    expect(linesOf(join(folder.path, 'out.jsonl'), outLine)).toHaveLength(12)
    expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
  })

  test('a batch whose creation nobody heard of is found by its input file, and paid once', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    const offpeak = await project(folder.path, emulator, service)
    const killed = await offpeak(['run', 'notes', '--yes'], { OFFPEAK_CRASH: 'create.post.after:1' })
    expect(killed.signal).toBe('SIGKILL')
    const resumed = await offpeak(['run', 'notes', '--yes'])
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect(resumed.stdout).toContain('12 of 12 records')
    expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
  })

  test('a creation that never came there is made again, and what expires keeps its answers', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    emulator.addFault({ operation: 'batches.create', when: 'before', action: { type: 'drop' } })
    emulator.play('expire-partial')
    const offpeak = await project(folder.path, emulator, service)
    const ran = await offpeak(['run', 'notes', '--yes'])
    expect(ran.exit, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('12 of 12 records')
    expect(emulator.bill()).toMatchObject({ batches: 2, duplicate_requests: 0 })
  })

  test('a missing key is named, and doctor knows the key, the address and the model', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ announces: false })
    const offpeak = await project(folder.path, emulator, service)
    const doctor = await offpeak(['doctor'])
    expect(doctor.stdout).toContain(service.key)
    expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toContain(`the key works and ${model} is there`)
    expect(doctor.stdout).not.toContain('any-key')
    const without = await offpeak(['run', 'notes', '--yes'], { [service.key]: '' })
    expect(without.stderr).toMatch(new RegExp(`${service.key} (?:[(]or [^)]*[)] )?is not set`))
    expect(emulator.bill()).toMatchObject({ batches: 0 })
  })
})

test.each([
  'upload.post.after:1',
  'create.post.before:1',
  'create.record.commit.before:1',
  'collect.output.download.after:1',
])(
  'a run with Together, whose jobs carry no mark, survives a kill at %s and pays once',
  { timeout },
  async (crashAt) => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    const offpeak = await project(folder.path, emulator, services[1])
    expect((await offpeak(['run', 'notes', '--yes'], { OFFPEAK_CRASH: crashAt })).signal).toBe('SIGKILL')
    const resumed = await offpeak(['run', 'notes', '--yes'])
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect(resumed.stdout).toContain('12 of 12 records')
    expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
  },
)

test('a batch of Groq may be given a week', { timeout }, async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  const offpeak = await project(folder.path, emulator, services[0], ", { window: '7d' }")
  expect((await offpeak(['run', 'notes', '--yes'])).exit).toBe(0)
  const [batch] = emulator.state().batches
  expect(JSON.stringify(batch)).toContain('7d')
  const eight = await project(folder.path, emulator, services[0], ", { window: '8d' }")
  expect((await eight(['plan', 'notes'])).stderr).toContain("window: '24h' to '7d'")
})
