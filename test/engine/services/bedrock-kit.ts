import { type KitOptions, type KitProject, openKit } from '../run-kit.ts'

export const region = 'eu-central-1'
export const roleArn = 'arn:aws:iam::123456789012:role/batches'

/** A project of short notes that asks Claude at Bedrock, whose part an emulator of its own plays. */
export function openBedrock({ settings = {}, ...options }: KitOptions = {}): Promise<KitProject> {
  return openKit({
    records: 120,
    settings: {
      batch: { maxRequests: 200 },
      timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 },
      ...settings,
    },
    ...options,
    service: {
      name: 'bedrock',
      model: `bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0', { prefix: 'team/', timeoutHours: 24 })`,
      env: ({ baseUrls }) => ({
        AWS_ACCESS_KEY_ID: 'AKIAOFFPEAK',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_REGION: region,
        BEDROCK_BATCH_ROLE_ARN: roleArn,
        BEDROCK_BATCH_BUCKET: 'offpeak-emulator',
        AWS_ENDPOINT_URL_BEDROCK: baseUrls['bedrock'] ?? '',
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: baseUrls['bedrock'] ?? '',
        AWS_ENDPOINT_URL_S3: `${baseUrls['bedrock']}/s3`,
      }),
    },
  })
}
