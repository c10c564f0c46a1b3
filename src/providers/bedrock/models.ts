import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel } from '../../ports/model.ts'
import type { GivenAccount } from '../accounts.ts'
import { modelOf } from '../definition.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { bedrockDefinition } from './definition.ts'
import { mayBeClaude } from './model-id.ts'
import { invokeModel } from './wire.ts'

/** One of several places that batches are spread over: a region, an AWS account, or both, each with quotas of its own. */
export interface BedrockAccount extends GivenAccount, BedrockPlace {
  /** Who signs, by a profile of the AWS configuration of this machine. */
  readonly profile?: string
  /** Or the environment variables that hold a pair of keys, in the place of `AWS_ACCESS_KEY_ID` and its like. */
  readonly accessKeyIdEnv?: string
  readonly secretAccessKeyEnv?: string
  readonly sessionTokenEnv?: string
}

/** Where a job runs; what is left out is read from the environment (`AWS_REGION`, `BEDROCK_BATCH_…`). */
export interface BedrockModelOptions extends BedrockPlace, Accounts<BedrockAccount> {
  /** After so many hours a job ends with what it has, 24 to 168. */
  readonly timeoutHours?: number
  /** The model whose price applies where the name does not tell, as behind an application inference profile. */
  readonly model?: string
}

interface BedrockPlace {
  readonly region?: string
  /** The service role that reads and writes the bucket in a job's place: `arn:aws:iam::123456789012:role/batches`. */
  readonly roleArn?: string
  /** Of the same region. */
  readonly bucket?: string
  /** The folder of the bucket that inputs and outputs go into; `offpeak/` when left out. */
  readonly prefix?: string
}

/**
 * A Claude model at Amazon Bedrock by its model id, inference profile or ARN, as in
 * `bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')`. Throws E_JOB_INVALID for models of others and for values
 * and accounts that cannot be.
 */
export function bedrock(modelId: string, options: BedrockModelOptions = {}): ChatModel {
  const name = modelId.trim()
  requireModelOptions('bedrock()', options, [
    'region',
    'roleArn',
    'bucket',
    'prefix',
    'timeoutHours',
    'model',
    'accounts',
  ])
  const { region, roleArn, bucket, prefix, timeoutHours, model, accounts } = options
  if (!mayBeClaude(name))
    throw invalid(
      name === ''
        ? 'the name of the model is empty'
        : `${name} is no model of Claude, and no other is spoken to here`,
      "name a Claude model by its id or inference profile, as in bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')",
    )
  for (const place of [options, ...(accounts ?? [])]) checkPlace(place)
  for (const account of accounts ?? []) checkKeys(account)
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
    accounts,
  })
}

function checkPlace({ roleArn, bucket }: BedrockPlace): void {
  if (roleArn !== undefined && !/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(roleArn))
    throw invalid(`${roleArn} is no ARN of a role`, "roleArn: 'arn:aws:iam::123456789012:role/name'")
  if (bucket !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw invalid(
      `${bucket} is no name of a bucket`,
      "bucket: 'my-bucket', without s3:// and without a folder",
    )
}

/** Half a pair would be made whole with somebody else's. */
function checkKeys({ profile, accessKeyIdEnv, secretAccessKeyEnv, sessionTokenEnv }: BedrockAccount): void {
  const named = [accessKeyIdEnv, secretAccessKeyEnv].filter((name) => name !== undefined).length
  if (named === 1 || (named === 0 && sessionTokenEnv !== undefined))
    throw invalid(
      'an account names a part of its keys only',
      'name both accessKeyIdEnv and secretAccessKeyEnv, with sessionTokenEnv where there is one',
    )
  if (named > 0 && profile !== undefined)
    throw invalid('an account has keys and a profile', 'name one of the two')
}

function invalid(message: string, fix: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', message, { where: 'bedrock()', fix })
}
