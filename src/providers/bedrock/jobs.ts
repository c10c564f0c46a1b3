import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Timeouts } from '../http/timeouts.ts'
import type { AwsClients } from './clients.ts'
import { deadline } from './deadline.ts'
import { readJob } from './job.ts'
import { fromAws } from './reply.ts'

/** Arguments of a new job. */
export interface NewJob {
  readonly name: string
  /** The same token makes no second job, and is no error (AWS SDK, CreateModelInvocationJob). */
  readonly token: string
  readonly modelId: string
  readonly roleArn: string
  readonly inputUri: string
  readonly outputUri: string
  readonly timeoutHours: number | null
}

/** Model invocation jobs. Every method is one attempt, and throws what the AWS SDK throws. */
export interface Jobs {
  create(job: NewJob, signal?: AbortSignal): Promise<RemoteBatch>
  get(arn: string, signal?: AbortSignal): Promise<RemoteBatch>
  stop(arn: string, signal?: AbortSignal): Promise<void>
  list(sinceMs: number, signal?: AbortSignal): Promise<readonly RemoteBatch[]>
}

/** AWS document, ListModelInvocationJobs: 1 to 1,000. */
const pageSize = 1_000
const maxPages = 50

/** The batch jobs of Bedrock, over its client. */
export function openJobs({ bedrock, skew }: Pick<AwsClients, 'bedrock' | 'skew'>, timeouts: Timeouts): Jobs {
  const small = (signal?: AbortSignal): { abortSignal: AbortSignal } => deadline(timeouts.callMs, signal)
  return {
    async create({ name, token, modelId, roleArn, inputUri, outputUri, timeoutHours }, signal) {
      const { client, sdk } = await bedrock()
      const inputDataConfig = { s3InputDataConfig: { s3Uri: inputUri, s3InputFormat: 'JSONL' as const } }
      const outputDataConfig = { s3OutputDataConfig: { s3Uri: outputUri } }
      const { jobArn } = await client.send(
        new sdk.CreateModelInvocationJobCommand({
          jobName: name,
          clientRequestToken: token,
          modelId,
          roleArn,
          modelInvocationType: 'InvokeModel',
          inputDataConfig,
          outputDataConfig,
          ...(timeoutHours !== null && { timeoutDurationInHours: timeoutHours }),
        }),
        small(signal),
      )
      // What was made is told by its ARN alone.
      const status = 'Submitted'
      const made = {
        jobArn,
        jobName: name,
        modelId,
        roleArn,
        status,
        inputDataConfig,
        outputDataConfig,
      } as const
      return shown(readJob({ ...made, submitTime: undefined }, skew))
    },

    async get(arn, signal) {
      const { client, sdk } = await bedrock()
      const job = await client.send(
        new sdk.GetModelInvocationJobCommand({ jobIdentifier: arn }),
        small(signal),
      )
      return shown(readJob(job, skew))
    },

    async stop(arn, signal) {
      const { client, sdk } = await bedrock()
      await client.send(new sdk.StopModelInvocationJobCommand({ jobIdentifier: arn }), small(signal))
    },

    async list(sinceMs, signal) {
      const { client, sdk } = await bedrock()
      const found = new Map<string, RemoteBatch>()
      let token: string | undefined
      for (let page = 0; page < maxPages; page += 1) {
        const command = new sdk.ListModelInvocationJobsCommand({
          submitTimeAfter: new Date(sinceMs + (skew.ms ?? 0)),
          sortBy: 'CreationTime',
          sortOrder: 'Descending',
          maxResults: pageSize,
          ...(token !== undefined && { nextToken: token }),
        })
        const { invocationJobSummaries = [], nextToken } = fromAws(
          await client.send(command, small(signal)),
          (page) => page.invocationJobSummaries !== undefined,
        )
        for (const summary of invocationJobSummaries) {
          const job = readJob(summary, skew)
          if (job !== null) found.set(job.id, job)
        }
        if (nextToken === undefined) return [...found.values()]
        token = nextToken
      }
      throw new Error(`the list of jobs has more than ${maxPages} pages`)
    },
  }
}

function shown(job: RemoteBatch | null): RemoteBatch {
  if (job !== null) return job
  throw new Error('answered with something that is no job')
}
