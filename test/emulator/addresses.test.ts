import { BedrockClient, ListModelInvocationJobsCommand } from '@aws-sdk/client-bedrock'
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import Groq from 'groq-sdk'
import Together from 'together-ai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startFast } from './emulator-kit.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the addresses of the emulator', () => {
  it('are found by the clients of AWS in the environment alone', async () => {
    await using emulator = await startFast()
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', emulator.baseUrls['bedrock'])
    vi.stubEnv('AWS_ENDPOINT_URL_S3', `${emulator.baseUrls['bedrock']}/s3`)
    vi.stubEnv('AWS_REGION', 'us-west-2')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOFFPEAK')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any')
    const { invocationJobSummaries: jobs } = await new BedrockClient().send(
      new ListModelInvocationJobsCommand({}),
    )
    expect(jobs).toEqual([])
    await new S3Client().send(new HeadBucketCommand({ Bucket: 'offpeak-emulator' }))
  })

  it('are found by the clients of Groq and Together in the environment alone', async () => {
    await using emulator = await startFast()
    vi.stubEnv('GROQ_BASE_URL', emulator.baseUrls['groq'])
    vi.stubEnv('GROQ_API_KEY', 'gsk-test')
    vi.stubEnv('TOGETHER_BASE_URL', emulator.baseUrls['together'])
    vi.stubEnv('TOGETHER_API_KEY', 'tg-test')
    expect((await new Groq().batches.list()).data).toEqual([])
    expect(await new Together().batches.list()).toEqual([])
  })
})
