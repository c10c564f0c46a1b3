import {
  BedrockClient,
  CreateModelInvocationJobCommand,
  type CreateModelInvocationJobCommandInput,
  GetModelInvocationJobCommand,
  type GetModelInvocationJobCommandOutput,
} from '@aws-sdk/client-bedrock'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Emulator } from '../../../src/emulator/index.ts'

export const bucket = 'offpeak-emulator'
export const modelId = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'

const usual = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIAOFFPEAK', secretAccessKey: 'any' },
  maxAttempts: 1,
} as const

export function bedrock(emulator: Emulator, options: { readonly maxAttempts?: number } = {}): BedrockClient {
  return new BedrockClient({ ...usual, ...options, endpoint: emulator.baseUrls['bedrock'] ?? '' })
}

export function s3(emulator: Emulator, accessKeyId: string = usual.credentials.accessKeyId): S3Client {
  return new S3Client({
    ...usual,
    credentials: { ...usual.credentials, accessKeyId },
    endpoint: `${emulator.baseUrls['bedrock']}/s3`,
    forcePathStyle: true,
  })
}

/** A body of InvokeModel about a record. */
export function modelInput(index: number, params: object = {}): object {
  const content = `Say something about record ${index}. It arrived in the morning and was read at noon.`
  return {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 300,
    messages: [{ role: 'user', content }],
    ...params,
  }
}

export function records(count: number, params: object = {}): string {
  return Array.from(
    { length: count },
    (_value, index) =>
      `${JSON.stringify({ recordId: `record-${index}`, modelInput: modelInput(index, params) })}\n`,
  ).join('')
}

export function jobInput(
  key: string,
  more: Partial<CreateModelInvocationJobCommandInput> = {},
): CreateModelInvocationJobCommandInput {
  return {
    jobName: 'job-of-a-test',
    roleArn: 'arn:aws:iam::123456789012:role/batches',
    modelId,
    modelInvocationType: 'InvokeModel',
    inputDataConfig: { s3InputDataConfig: { s3Uri: `s3://${bucket}/${key}` } },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: `s3://${bucket}/out/` } },
    ...more,
  }
}

/** Puts an input and makes a job of it; returns its ARN. */
export async function submit(
  emulator: Emulator,
  content: string,
  more: Partial<CreateModelInvocationJobCommandInput> = {},
): Promise<string> {
  await s3(emulator).send(new PutObjectCommand({ Bucket: bucket, Key: 'in/records.jsonl', Body: content }))
  const command = new CreateModelInvocationJobCommand(jobInput('in/records.jsonl', more))
  const { jobArn } = await bedrock(emulator).send(command)
  return jobArn ?? ''
}

export type Job = GetModelInvocationJobCommandOutput

export async function jobOf(emulator: Emulator, jobIdentifier: string): Promise<Job> {
  return bedrock(emulator).send(new GetModelInvocationJobCommand({ jobIdentifier }))
}

const endings: readonly unknown[] = ['Completed', 'PartiallyCompleted', 'Failed', 'Stopped', 'Expired']

/** Polls until the job has ended. */
export async function ended(emulator: Emulator, arn: string): Promise<Job> {
  while (true) {
    const job = await jobOf(emulator, arn)
    if (endings.includes(job.status)) return job
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

export async function readObject(emulator: Emulator, key: string): Promise<string> {
  const { Body } = await s3(emulator).send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return (await Body?.transformToString()) ?? ''
}

export interface OutputLine {
  readonly recordId: string
  readonly modelInput: { readonly messages: readonly object[] }
  readonly modelOutput?: {
    readonly model: string
    readonly stop_reason: string
    readonly content: readonly { readonly type: string; readonly text?: string }[]
    readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
  }
  readonly error?: { readonly errorCode: number; readonly errorMessage: string }
}

export function folderOf(arn: string): string {
  return `out/${arn.slice(arn.lastIndexOf('/') + 1)}`
}

export async function outputOf(emulator: Emulator, arn: string): Promise<readonly OutputLine[]> {
  const text = await readObject(emulator, `${folderOf(arn)}/records.jsonl.out`)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): OutputLine => JSON.parse(line))
}

export interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** The refusal that a call must end in. */
export async function refusal(call: Promise<unknown>): Promise<AwsError> {
  try {
    await call
  } catch (error) {
    if (isAwsError(error)) return error
    throw error
  }
  throw new Error('The call was not refused.')
}

function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error && '$metadata' in error
}
