import { isVisible } from '../../../core/http/call.ts'
import { type JsonObject, isObject, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import { regionOf } from '../auth.ts'
import type { BedrockCall } from '../call.ts'

/** The fields of a job beside those of every batch. */
export interface JobDetails {
  readonly jobName: string
  readonly roleArn: string
  readonly modelId: string
  readonly clientRequestToken: string
  readonly inputDataConfig: JsonObject
  readonly outputDataConfig: JsonObject
  readonly vpcConfig: JsonObject | null
  readonly timeoutHours: number
  readonly region: string
  /** Keys of the bucket. */
  readonly inputKey: string
  readonly outputPrefix: string
}

/** The fields of a job beside those of every batch, from its record. */
export function detailsOf({ details }: BatchRecord): JobDetails {
  const object = (name: string): JsonObject => {
    const value = details[name]
    return isObject(value) ? value : {}
  }
  const hours = details['timeoutHours']
  return {
    jobName: textIn(details, 'jobName'),
    roleArn: textIn(details, 'roleArn'),
    modelId: textIn(details, 'modelId'),
    clientRequestToken: textIn(details, 'clientRequestToken'),
    inputDataConfig: object('inputDataConfig'),
    outputDataConfig: object('outputDataConfig'),
    vpcConfig: isObject(details['vpcConfig']) ? details['vpcConfig'] : null,
    timeoutHours: typeof hours === 'number' ? hours : 0,
    region: textIn(details, 'region'),
    inputKey: textIn(details, 'inputKey'),
    outputPrefix: textIn(details, 'outputPrefix'),
  }
}

/** Whether a caller sees a job: each region has jobs of its own, under one token too (AWS document, Service endpoints). */
export function isJobVisible(call: BedrockCall, batch: BatchRecord): boolean {
  return isVisible(call, batch) && detailsOf(batch).region === regionOf(call.request.headers)
}

const account = '123456789012'

export function arnOf(batch: BatchRecord): string {
  return `arn:aws:bedrock:${detailsOf(batch).region}:${account}:model-invocation-job/${batch.id}`
}

/** The folder in which a job writes: below the place that it was given, named by its id. */
export function outputFolder(batch: BatchRecord): string {
  const { outputPrefix } = detailsOf(batch)
  return `${outputPrefix === '' || outputPrefix.endsWith('/') ? outputPrefix : `${outputPrefix}/`}${batch.id}/`
}
