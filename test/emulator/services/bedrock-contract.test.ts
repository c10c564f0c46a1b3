import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateModelInvocationJobCommand,
  type GetModelInvocationJobResponse,
  ListModelInvocationJobsCommand,
  StopModelInvocationJobCommand,
  paginateListModelInvocationJobs,
} from '@aws-sdk/client-bedrock'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import {
  bedrock,
  bucket,
  ended,
  folderOf,
  jobInput,
  jobOf,
  modelId,
  modelInput,
  outputOf,
  readObject,
  records,
  refusal,
  s3,
  submit,
} from './bedrock-kit.ts'
import { startFast } from '../emulator-kit.ts'

/** Every field of a type of the SDK: this does not compile when the SDK has another one. */
const jobFields = {
  jobArn: true,
  jobName: true,
  modelId: true,
  clientRequestToken: true,
  roleArn: true,
  status: true,
  message: 'of a job that has failed',
  submitTime: true,
  lastModifiedTime: true,
  endTime: true,
  inputDataConfig: true,
  outputDataConfig: true,
  vpcConfig: 'when it was asked for',
  timeoutDurationInHours: true,
  jobExpirationTime: true,
  modelInvocationType: true,
  totalRecordCount: true,
  processedRecordCount: true,
  successRecordCount: true,
  errorRecordCount: true,
} satisfies Record<keyof GetModelInvocationJobResponse, true | string>

describe("Bedrock's own client", () => {
  it('makes a job, polls it to its end, and reads output and manifest in S3', async () => {
    await using emulator = await startFast()
    const arn = await submit(emulator, records(120))
    expect(arn).toMatch(/^arn:aws:bedrock:eu-central-1:\d{12}:model-invocation-job\/[a-z0-9]{12}$/)
    const job = await ended(emulator, arn)
    const always = Object.entries(jobFields).flatMap(([name, when]) => (when === true ? [name] : []))
    const { $metadata, ...fields } = job
    expect($metadata.requestId).not.toBe('')
    expect(Object.keys(fields).toSorted()).toEqual(always.toSorted())
    expect(job).toMatchObject({
      status: 'Completed',
      totalRecordCount: 120,
      processedRecordCount: 120,
      successRecordCount: 120,
      errorRecordCount: 0,
      timeoutDurationInHours: 24,
    })
    expect((job.jobExpirationTime?.getTime() ?? 0) - (job.submitTime?.getTime() ?? 0)).toBe(86_400_000)
    const lines = await outputOf(emulator, arn)
    expect(lines.map(({ recordId }) => recordId)).toEqual(
      Array.from({ length: 120 }, (_value, index) => `record-${index}`),
    )
    const line = lines[7]
    expect(line?.modelInput).toEqual(modelInput(7))
    expect(line?.modelOutput).toMatchObject({ model: 'claude-haiku-4-5', stop_reason: 'end_turn' })
    expect(line?.modelOutput?.content[0]?.text).toContain('record 7')
    const manifest: unknown = JSON.parse(await readObject(emulator, `${folderOf(arn)}/manifest.json.out`))
    const sum = (read: (usage: { input_tokens: number; output_tokens: number }) => number): number =>
      lines.reduce((total, { modelOutput }) => total + (modelOutput ? read(modelOutput.usage) : 0), 0)
    const [input, output] = [sum((usage) => usage.input_tokens), sum((usage) => usage.output_tokens)]
    expect(manifest).toEqual({
      totalRecordCount: 120,
      processedRecordCount: 120,
      successRecordCount: 120,
      errorRecordCount: 0,
      inputTokenCount: input,
      outputTokenCount: output,
    })
    // $1 and $5 per million, half of it in a job.
    expect(emulator.bill()).toMatchObject({
      requests: 120,
      cost_micro_usd: Math.round((input + 5 * output) / 2),
    })
  })

  it('finds the same job for the same token, whatever else is asked, and at the same time', async () => {
    await using emulator = await startFast()
    const arn = await submit(emulator, records(100), { clientRequestToken: 'token-1' })
    const again = (token: string): Promise<{ jobArn: string | undefined }> =>
      bedrock(emulator).send(
        new CreateModelInvocationJobCommand(
          jobInput('in/records.jsonl', { jobName: 'other', clientRequestToken: token }),
        ),
      )
    expect((await again('token-1')).jobArn).toBe(arn)
    expect((await again('Token-1')).jobArn).not.toBe(arn)
    const both = await Promise.all([again('token-2'), again('token-2')])
    expect(both[0].jobArn).toBe(both[1].jobArn)
    expect(emulator.state().batches).toHaveLength(3)
    await ended(emulator, arn)
    expect((await again('token-1')).jobArn).toBe(arn)
    expect((await jobOf(emulator, arn)).clientRequestToken).toBe('token-1')
  })

  it('lists jobs, newest first, in pages and by filter', async () => {
    await using emulator = await startFast()
    const made: string[] = []
    for (let i = 0; i < 5; i += 1)
      made.push(await submit(emulator, records(100), { jobName: i % 2 === 0 ? `even-${i}` : `odd-${i}` }))
    for (const arn of made) await ended(emulator, arn)
    const client = bedrock(emulator)
    const pages = await Array.fromAsync(
      paginateListModelInvocationJobs({ client, pageSize: 2 }, { maxResults: 2 }),
    )
    expect(pages.map((page) => page.invocationJobSummaries?.length)).toEqual([2, 2, 1])
    const all = pages.flatMap((page) => page.invocationJobSummaries ?? [])
    expect(all.map(({ jobArn }) => jobArn)).toEqual(made.toReversed())
    const listed = async (input: object): Promise<readonly (string | undefined)[]> => {
      const { invocationJobSummaries: jobs } = await client.send(new ListModelInvocationJobsCommand(input))
      return (jobs ?? []).map(({ jobName }) => jobName)
    }
    expect(await listed({ nameContains: 'odd' })).toEqual(['odd-3', 'odd-1'])
    expect(await listed({ sortBy: 'CreationTime', sortOrder: 'Ascending', maxResults: 1 })).toEqual([
      'even-0',
    ])
    expect(await listed({ statusEquals: 'Completed' })).toHaveLength(5)
    expect(await listed({ statusEquals: 'InProgress' })).toEqual([])
    expect(await listed({ submitTimeAfter: all[1]?.submitTime })).toEqual(['even-4'])
    expect(await listed({ submitTimeBefore: all[3]?.submitTime })).toEqual(['even-0'])
    expect(await refusal(listed({ maxResults: 1001 }))).toMatchObject({ name: 'ValidationException' })
    expect(await refusal(listed({ nextToken: 'bm9uZQ' }))).toMatchObject({ name: 'ValidationException' })
  })

  it('stops a job that has not begun; one that has ended cannot be stopped', async () => {
    await using emulator = await startFast({ scenarios: ['slow-day'] })
    const arn = await submit(emulator, records(100))
    const stop = (): Promise<unknown> =>
      bedrock(emulator).send(new StopModelInvocationJobCommand({ jobIdentifier: arn }))
    await stop()
    expect(await ended(emulator, arn)).toMatchObject({ status: 'Stopped', processedRecordCount: 0 })
    expect(emulator.bill().requests).toBe(0)
    expect(await refusal(stop())).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('State was: Stopped'),
    })
  })

  it('fails a job with fewer than 100 records, in the words of the service', async () => {
    await using emulator = await startFast()
    const arn = await submit(emulator, records(99))
    expect(await ended(emulator, arn)).toMatchObject({
      status: 'Failed',
      message: `Batch job ${arn} contains less records (99) than the required minimum of: 100`,
      successRecordCount: 0,
      errorRecordCount: 0,
    })
    expect(await refusal(readObject(emulator, `${folderOf(arn)}/manifest.json.out`))).toMatchObject({
      name: 'NoSuchKey',
    })
    expect(emulator.bill().requests).toBe(0)
  })

  it('fails a job with a line that is no record, and gives an id to a record without one', async () => {
    await using emulator = await startFast()
    const broken = await ended(emulator, await submit(emulator, `${records(100)}{"modelInput":1}\n`))
    expect(broken).toMatchObject({ status: 'Failed', message: expect.stringContaining('Line 101') })
    const nameless = `${JSON.stringify({ modelInput: modelInput(1) })}\n`
    const arn = await submit(emulator, `${nameless}${records(99)}`)
    await ended(emulator, arn)
    expect((await outputOf(emulator, arn))[0]?.recordId).toMatch(/^[0-9A-Z]{11}$/)
  })

  it('refuses single records in their place, with code and message', async () => {
    await using emulator = await startFast()
    const bad = [
      { recordId: 'named', modelInput: modelInput(1, { model: 'claude-haiku-4-5' }) },
      { recordId: 'unversioned', modelInput: { ...modelInput(2), anthropic_version: undefined } },
      { recordId: 'unlimited', modelInput: { ...modelInput(3), max_tokens: undefined } },
    ]
    const arn = await submit(
      emulator,
      `${bad.map((line) => JSON.stringify(line)).join('\n')}\n${records(100)}`,
    )
    expect(await ended(emulator, arn)).toMatchObject({ successRecordCount: 100, errorRecordCount: 3 })
    const lines = await outputOf(emulator, arn)
    expect(lines.slice(0, 3).map(({ recordId, error }) => [recordId, error?.errorCode])).toEqual([
      ['named', 400],
      ['unversioned', 400],
      ['unlimited', 400],
    ])
    expect(lines[1]?.error?.errorMessage).toBe('anthropic_version: Field required')
    expect(lines[3]?.modelOutput).toBeDefined()
    expect(emulator.bill().requests).toBe(100)
  })

  it('breaks at no line, whatever it is', async () => {
    await using emulator = await startFast()
    const deep = `{"modelInput":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}}`
    for (const line of ['not json', '[]', deep, '{"modelInput":{},"recordId":7}'])
      expect(await ended(emulator, await submit(emulator, `${records(100)}${line}\n`))).toMatchObject({
        status: 'Failed',
        message: expect.stringContaining('Line 101'),
      })
  })

  it('checks what a create call says before it makes a job', async () => {
    await using emulator = await startFast()
    await s3(emulator).send(new PutObjectCommand({ Bucket: bucket, Key: 'a.jsonl', Body: records(100) }))
    const create = (more: object, key = 'a.jsonl'): Promise<unknown> =>
      bedrock(emulator).send(new CreateModelInvocationJobCommand(jobInput(key, more)))
    const output = { s3OutputDataConfig: { s3Uri: 's3://somebody-else/out/' } }
    for (const call of [
      create({ jobName: 'no spaces, please' }),
      create({ roleArn: 'me' }),
      create({ modelId: 'anthropic.claude-9-v1:0' }),
      create({ timeoutDurationInHours: 1 }),
      create({ modelInvocationType: 'Converse' }),
      create({ clientRequestToken: 'a token' }),
      create({ outputDataConfig: output }),
      create({}, 'nothing-here.jsonl'),
    ]) {
      const refused = await refusal(call)
      expect(refused.name).toBe('ValidationException')
      expect(refused.$metadata.httpStatusCode).toBe(400)
    }
    expect(emulator.state().batches).toEqual([])
    expect(await refusal(jobOf(emulator, 'abcdefghijkl'))).toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('takes known access keys alone, and an API key as bearer', async () => {
    await using emulator = await startFast({ apiKeys: ['AKIASOMEONE'] })
    expect(await refusal(jobOf(emulator, 'abcdefghijkl'))).toMatchObject({
      name: 'UnrecognizedClientException',
    })
    const url = `${emulator.baseUrls['bedrock']}/model-invocation-jobs`
    const unsigned = await fetch(url)
    expect(unsigned.status).toBe(403)
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException')
    expect((await fetch(url, { headers: { authorization: 'Bearer AKIASOMEONE' } })).status).toBe(200)
  })
})

describe('a job in time', () => {
  it('is Submitted, Validating, Scheduled and InProgress before it is Completed', async () => {
    await using emulator = await startEmulator({ speed: 0.001 })
    const arn = await submit(emulator, records(100))
    const turns = [
      [0, 'Submitted'],
      [1500, 'Validating'],
      [1550, 'Scheduled'],
      [10_000, 'InProgress'],
      [15_000, 'Completed'],
    ] as const
    for (const [ms, wanted] of turns) {
      emulator.advanceClock(ms)
      while ((await jobOf(emulator, arn)).status !== wanted) {
        if (wanted === 'Completed') emulator.advanceClock(1000)
        await sleep(5)
      }
    }
    expect(await jobOf(emulator, arn)).toMatchObject({ successRecordCount: 100 })
  })

  it('is PartiallyCompleted when its time ends, with what has run; Expired when it never began', async () => {
    await using emulator = await startFast({ scenarios: ['expire-partial', 'expire-all@2'] })
    const partial = await submit(emulator, records(100))
    expect(await ended(emulator, partial)).toMatchObject({
      status: 'PartiallyCompleted',
      totalRecordCount: 100,
      processedRecordCount: 50,
    })
    expect(await outputOf(emulator, partial)).toHaveLength(50)
    const never = await submit(emulator, records(100))
    expect(await ended(emulator, never)).toMatchObject({ status: 'Expired', processedRecordCount: 0 })
    expect(emulator.bill().requests).toBe(50)
  })
})

describe('InvokeModel', () => {
  const invoke = (url: string | undefined, body: object): Promise<Response> =>
    fetch(`${url}/model/${encodeURIComponent(modelId)}/invoke`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify(body),
    })

  it('answers at once, at full price, as a record of a job would be', async () => {
    await using emulator = await startFast()
    const answer = await invoke(emulator.baseUrls['bedrock'], modelInput(3))
    expect(answer.status).toBe(200)
    const input = Number(answer.headers.get('x-amzn-bedrock-input-token-count'))
    const output = Number(answer.headers.get('x-amzn-bedrock-output-token-count'))
    expect(await answer.json()).toMatchObject({
      id: expect.stringMatching(/^msg_bdrk_/),
      usage: { input_tokens: input, output_tokens: output },
    })
    expect(emulator.bill()).toMatchObject({
      synchronous_requests: 1,
      cost_micro_usd: input + 5 * output,
    })
    const refused = await invoke(emulator.baseUrls['bedrock'], {})
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-amzn-errortype')).toBe('ValidationException')
  })
})
