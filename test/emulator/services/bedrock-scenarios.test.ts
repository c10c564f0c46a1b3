import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateModelInvocationJobCommand } from '@aws-sdk/client-bedrock'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import {
  type Job,
  type OutputLine,
  bedrock,
  bucket,
  ended,
  jobInput,
  outputOf,
  records,
  refusal,
  s3,
  submit,
} from './bedrock-kit.ts'
import { fastSpeed, startFast } from '../emulator-kit.ts'

interface Played extends AsyncDisposable {
  readonly emulator: Emulator
  readonly job: Job
  readonly lines: readonly OutputLine[]
}

/** A job of a hundred records that has ended in an emulator that plays scenarios. */
async function play(...scenarios: readonly string[]): Promise<Played> {
  const emulator = await startFast({ scenarios })
  try {
    const arn = await submit(emulator, records(100))
    const job = await ended(emulator, arn)
    const lines = job.status === 'Failed' ? [] : await outputOf(emulator, arn)
    return { emulator, job, lines, [Symbol.asyncDispose]: () => emulator.close() }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

describe('scenarios of Bedrock', () => {
  it('`bedrock-below-100`: fails as for too few records, whatever there is', async () => {
    await using played = await play('bedrock-below-100:minimum=1000')
    expect(played.job).toMatchObject({
      status: 'Failed',
      message: expect.stringMatching(/contains less records \(100\) than the required minimum of: 1000$/),
    })
    expect(played.emulator.bill().requests).toBe(0)
  })

  it('`bedrock-same-token-twice`: the client repeats the call, and there is one job', async () => {
    await using emulator = await startFast({ scenarios: ['bedrock-same-token-twice'] })
    await s3(emulator).send(new PutObjectCommand({ Bucket: bucket, Key: 'a.jsonl', Body: records(100) }))
    const create = new CreateModelInvocationJobCommand(jobInput('a.jsonl'))
    const { jobArn, $metadata } = await bedrock(emulator, { maxAttempts: 2 }).send(create)
    expect($metadata.attempts).toBe(2)
    expect(emulator.state().batches).toMatchObject([{ jobArn }])
  })

  it('`bedrock-same-token-twice`: another token makes a second job', async () => {
    await using emulator = await startFast({ scenarios: ['bedrock-same-token-twice'] })
    await s3(emulator).send(new PutObjectCommand({ Bucket: bucket, Key: 'a.jsonl', Body: records(100) }))
    const create = (): Promise<unknown> =>
      bedrock(emulator).send(new CreateModelInvocationJobCommand(jobInput('a.jsonl')))
    expect(await refusal(create())).toMatchObject({ name: 'ServiceUnavailableException' })
    await create()
    expect(emulator.state().batches).toHaveLength(2)
  })
})

describe('scenarios of every service, at Bedrock', () => {
  it('bills the full price where a job runs in the wrong tier', async () => {
    await using wrong = await play('wrong-tier')
    await using plain = await play()
    const [dear, usual] = [wrong, plain].map(({ emulator }) => emulator.bill().cost_micro_usd)
    expect(Math.abs((dear ?? 0) - 2 * (usual ?? 0))).toBeLessThan(3)
  })

  it.each([
    ['all-failed', { answered: 0, errors: 100 }],
    ['line-5xx:every=4', { answered: 75, errors: 25 }],
    ['missing-lines:every=4', { answered: 75, errors: 0 }],
    ['duplicate-lines:every=4', { answered: 125, errors: 0 }],
    ['unknown-custom-id', { answered: 101, errors: 0 }],
  ])('plays %s', async (scenario, counted) => {
    await using played = await play(scenario)
    expect({
      answered: played.lines.filter(({ modelOutput }) => modelOutput !== undefined).length,
      errors: played.lines.filter(({ error }) => error !== undefined).length,
    }).toEqual(counted)
  })

  it('answers under other ids, or none', async () => {
    await using renamed = await play('changed-custom-ids')
    expect(renamed.lines[3]?.recordId).toMatch(/^gw-3-/)
    await using nameless = await play('no-custom-id')
    expect(nameless.lines[0]).not.toHaveProperty('recordId')
  })

  it('lets an output come late or short', async () => {
    await using emulator = await startFast({ scenarios: ['late-output', 'short-download:length=short'] })
    const arn = await submit(emulator, records(100))
    await ended(emulator, arn)
    expect(await refusal(outputOf(emulator, arn))).toMatchObject({ name: 'NoSuchKey' })
  })

  it('goes on after a restart, with its objects', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-bedrock-'))
    try {
      const first = await startEmulator({ dataDir, speed: 1 })
      const arn = await submit(first, records(100), { clientRequestToken: 'once' })
      await first.close()
      await using second = await startEmulator({ dataDir, speed: fastSpeed })
      const again = new CreateModelInvocationJobCommand(
        jobInput('in/records.jsonl', { clientRequestToken: 'once' }),
      )
      expect((await bedrock(second).send(again)).jobArn).toBe(arn)
      expect(await ended(second, arn)).toMatchObject({ status: 'Completed', successRecordCount: 100 })
      expect(await outputOf(second, arn)).toHaveLength(100)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
