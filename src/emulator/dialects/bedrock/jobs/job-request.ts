import { type Refusal, badRequest } from '../../../core/errors.ts'
import { type Json, type JsonObject, isObject, textIn } from '../../../core/json.ts'
import { findModel } from '../models.ts'
import { bucketName } from '../s3/objects.ts'
import type { JobDetails } from './details.ts'

/** AWS document, Bedrock API reference, CreateModelInvocationJob: the patterns of its members. */
const patterns = {
  jobName: /^[a-zA-Z0-9]{1,63}(?:-*[a-zA-Z0-9+\-.]){0,63}$/,
  roleArn: /^arn:aws(?:-[^:]+)?:iam::\d{12}?:role\/.+$/,
  clientRequestToken: /^[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,255}$/,
  s3Uri: /^s3:\/\/([a-z0-9][.\-a-z0-9]{1,61}[a-z0-9])(?:\/(.*))?$/,
} as const
/** The same page: from 24 hours to 168; that nothing said means 24 is a guess. */
const timeoutBounds = { min: 24, max: 168 } as const

type Asked = Omit<JobDetails, 'region' | 'clientRequestToken'>

/** A create call, read and checked but for the token. Throws a ValidationException. */
export function readJobRequest(body: JsonObject): Asked {
  const jobName = matching(body, 'jobName', patterns.jobName)
  const roleArn = matching(body, 'roleArn', patterns.roleArn)
  const modelId = requireText(body, 'modelId')
  const inputDataConfig = requireObject(body, 'inputDataConfig')
  const outputDataConfig = requireObject(body, 'outputDataConfig')
  const input = requireObject(inputDataConfig, 's3InputDataConfig')
  const output = requireObject(outputDataConfig, 's3OutputDataConfig')
  if ((input['s3InputFormat'] ?? 'JSONL') !== 'JSONL')
    throw constraint(
      'inputDataConfig.s3InputDataConfig.s3InputFormat',
      'Member must satisfy enum value set: [JSONL]',
    )
  const type = body['modelInvocationType'] ?? 'InvokeModel'
  if (type !== 'InvokeModel' && type !== 'Converse')
    throw constraint('modelInvocationType', 'Member must satisfy enum value set: [InvokeModel, Converse]')
  if (type === 'Converse') throw badRequest('This emulator carries out jobs of the type InvokeModel alone.')
  if (!findModel(modelId)) throw badRequest('The provided model identifier is invalid.')
  return {
    jobName,
    roleArn,
    modelId,
    inputDataConfig: { s3InputDataConfig: { s3InputFormat: 'JSONL', ...input } },
    outputDataConfig,
    vpcConfig: isObject(body['vpcConfig']) ? body['vpcConfig'] : null,
    timeoutHours: readTimeout(body['timeoutDurationInHours']),
    inputKey: keyOf(input, 'input'),
    outputPrefix: keyOf(output, 'output'),
  }
}

export function checkToken(token: Json | undefined): string | null {
  if (token === undefined || token === null) return null
  if (typeof token !== 'string' || !patterns.clientRequestToken.test(token))
    throw constraint(
      'clientRequestToken',
      `Member must satisfy regular expression pattern: ${patterns.clientRequestToken.source}`,
    )
  return token
}

function requireText(body: JsonObject, name: string): string {
  const value = textIn(body, name)
  if (value === '') throw constraint(name, 'Member must not be null')
  return value
}

function requireObject(body: JsonObject, name: string): JsonObject {
  const value = body[name]
  if (!isObject(value)) throw constraint(name, 'Member must not be null')
  return value
}

function matching(body: JsonObject, name: string, pattern: RegExp): string {
  const value = requireText(body, name)
  if (!pattern.test(value))
    throw constraint(name, `Member must satisfy regular expression pattern: ${pattern.source}`)
  return value
}

function readTimeout(value: Json | undefined): number {
  if (value === undefined || value === null) return timeoutBounds.min
  if (typeof value !== 'number' || value < timeoutBounds.min || value > timeoutBounds.max)
    throw constraint(
      'timeoutDurationInHours',
      `Member must have value between ${timeoutBounds.min} and ${timeoutBounds.max}`,
    )
  return value
}

/** The key in the one bucket that there is; the wording for another one is our own. */
function keyOf(config: JsonObject, which: 'input' | 'output'): string {
  const uri = requireText(config, 's3Uri')
  const [, bucket, key = ''] = patterns.s3Uri.exec(uri) ?? []
  if (bucket === undefined)
    throw constraint('s3Uri', `Member must satisfy regular expression pattern: ${patterns.s3Uri.source}`)
  if (bucket === bucketName) return key
  throw badRequest(
    `Unable to access the ${which} location ${uri}: there is no such bucket, or the role may not use it.`,
  )
}

function constraint(name: string, what: string): Refusal {
  return badRequest(
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${what}`,
    name,
  )
}
