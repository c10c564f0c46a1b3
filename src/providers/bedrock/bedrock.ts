import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { openHttp } from '../http/http.ts'
import { defaultTimeouts } from '../http/timeouts.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { openBucket } from './bucket.ts'
import { addressIn, awsClients, type ClientOptions, originOf } from './clients.ts'
import { openJobs } from './jobs.ts'
import { bedrockRealtime } from './realtime.ts'
import { replyOf } from './reply.ts'
import { bedrockService, type Place } from './service.ts'
import { bedrockWire } from './wire.ts'

export interface BedrockOptions extends ClientOptions, Place {
  /** Where InvokeModel is called in place of its usual address; null: there. */
  readonly runtimeEndpoint: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * Model invocation jobs of Amazon Bedrock over objects in S3, by the clients of the AWS SDK, which are loaded with the first
 * call. A create may be repeated: the token of an attempt makes one job.
 *
 * Throws E_CONFIG for an unusable address; calls nothing.
 */
export function bedrockProvider(options: BedrockOptions): Provider {
  const { region, roleArn, bucket } = options
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const clients = awsClients(options)
  const origin = originOf(options, options.runtimeEndpoint ?? addressIn(region, 'bedrock-runtime'))
  const http = openHttp({ origin, access: options, authorize: async () => ({}) })
  const objects = openBucket(clients, timeouts)
  const jobs = openJobs(clients, timeouts)
  return {
    ...bedrockWire,
    ...bedrockService(jobs, objects, options),
    ...bedrockRealtime(http, origin, clients),
    name: 'bedrock',
    account: `bedrock/${region}/${accountOf(roleArn) ?? bucket}`,
    limits: {
      ...limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
      windowMs: (options.timeoutHours ?? usualHours) * 3_600_000,
    },
    recovery: { create: 'idempotent', proof: 'marked', fence: false },
    clockSkewMs: () => clients.skew.ms ?? http.skew.ms,
    isSimulated: () => clients.isSimulated() ?? http.isSimulated(),
    async probe(_model, signal) {
      const folder = { bucket, key: `${options.prefix}input/` }
      const listed = await replyOf('repeatable', () => jobs.list(options.now?.() ?? Date.now(), signal))
      if (listed.kind !== 'accepted') return listed
      const seen = await replyOf('repeatable', () => objects.list(folder, signal))
      if (seen.kind !== 'accepted') return seen
      const words = `the credentials work in ${region}, and the bucket ${bucket} is there`
      return { kind: 'accepted', value: { words } }
    },
  }
}

/** The number of the AWS account that a role is of, whose quotas and jobs they are. */
function accountOf(roleArn: string): string | null {
  return /^arn:[\w-]+:iam::(\d+):/.exec(roleArn)?.[1] ?? null
}

/** 1 GB can be read as 1,000,000,000 or 1,073,741,824 bytes; less than the smaller is safe under both. */
const safeObjectBytes = 995_000_000

/** Of 24 to 168 that a job may ask for (AWS SDK, CreateModelInvocationJob); without one the least is supposed. */
const usualHours = 24

/** AWS document, Bedrock, quotas of batch inference, which differ by model and can be raised: 100 to 50,000 records. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    minRequests: 100,
    maxRequests: 50_000,
    maxBytes: safeObjectBytes,
    // Claude takes PDFs of 100 pages (AWS document, API restrictions).
    request: { maxBytes: safeObjectBytes, maxPages: 100 },
    pollEveryMs,
    listTells: true,
  }
}
