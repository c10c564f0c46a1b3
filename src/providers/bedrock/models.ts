import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel } from '../../ports/model.ts'
import { modelOf } from '../definition.ts'
import { bedrockDefinition } from './definition.ts'
import { mayBeClaude } from './model-id.ts'
import { invokeModel } from './wire.ts'

/** Where a job runs; what is left out is read from the environment (`AWS_REGION`, `BEDROCK_BATCH_…`). */
export interface BedrockModelOptions {
  readonly region?: string
  /** The service role that reads and writes the bucket in a job's place: `arn:aws:iam::123456789012:role/batches`. */
  readonly roleArn?: string
  /** Of the same region. */
  readonly bucket?: string
  /** The folder of the bucket that inputs and outputs go into; `offpeak/` when left out. */
  readonly prefix?: string
  /** After so many hours a job ends with what it has, 24 to 168. */
  readonly timeoutHours?: number
  /** The model whose price applies where the name does not tell, as behind an application inference profile. */
  readonly model?: string
}

/**
 * A Claude model at Amazon Bedrock by its model id, inference profile or ARN, as in
 * `bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')`. Throws E_JOB_INVALID for models of others and for values
 * that cannot be.
 */
export function bedrock(modelId: string, options: BedrockModelOptions = {}): ChatModel {
  const name = modelId.trim()
  const { region, roleArn, bucket, prefix, timeoutHours, model } = options
  if (!mayBeClaude(name))
    throw invalid(
      name === ''
        ? 'the name of the model is empty'
        : `${name} is no model of Claude, and no other is spoken to here`,
      "name a Claude model by its id or inference profile, as in bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')",
    )
  if (roleArn !== undefined && !/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(roleArn))
    throw invalid(`${roleArn} is no ARN of a role`, "roleArn: 'arn:aws:iam::123456789012:role/name'")
  if (bucket !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw invalid(
      `${bucket} is no name of a bucket`,
      "bucket: 'my-bucket', without s3:// and without a folder",
    )
  if (
    timeoutHours !== undefined &&
    !(Number.isInteger(timeoutHours) && timeoutHours >= 24 && timeoutHours <= 168)
  )
    throw invalid('a job of Bedrock may take 24 to 168 hours', 'timeoutHours: 24')
  return modelOf(bedrockDefinition, 'chat', {
    model: name,
    endpoint: invokeModel,
    ...(model !== undefined && { pricedAs: model }),
    options: {
      ...(region !== undefined && { region }),
      ...(roleArn !== undefined && { roleArn }),
      ...(bucket !== undefined && { bucket }),
      ...(prefix !== undefined && { prefix }),
      ...(timeoutHours !== undefined && { timeoutHours: String(timeoutHours) }),
    },
  })
}

function invalid(message: string, fix: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', message, { where: 'bedrock()', fix })
}
