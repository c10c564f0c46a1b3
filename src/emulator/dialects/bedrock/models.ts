import { type Model, findModel as findClaude } from '../../families/claude/models.ts'

/** A model or inference profile by its ARN (AWS document, Bedrock, "Supported foundation models"). */
const arn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:foundation-model|inference-profile)\//
/** The part of the world that an inference profile stays in. */
const place = /^(?:us|us-gov|eu|apac|au|jp|ca|global)\./

/** `anthropic.claude-haiku-4-5-20251001-v1:0`, with or without place or ARN. Claude is all that is sold here. */
export function findModel(modelId: string): Model | undefined {
  const name = modelId.replace(arn, '').replace(place, '')
  if (!name.startsWith('anthropic.')) return undefined
  return findClaude(name.slice('anthropic.'.length).replace(/-v\d+(?::\d+)?$/, ''))
}
