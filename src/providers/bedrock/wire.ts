import type { ModelRequest } from '../../domain/request.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { anthropicBody } from '../anthropic/body.ts'
import { anthropicWire } from '../anthropic/wire.ts'
import { inspectBedrock } from './inspect.ts'
import { readLine } from './lines.ts'
import { claudeOf } from './model-id.ts'

/** The one way of asking: InvokeModel, with the body of Claude's messages. */
export const invokeModel = 'InvokeModel'

/** AWS document, Bedrock, Anthropic Claude Messages API: the one value there is. */
const anthropicVersion = 'bedrock-2023-05-31'

/** The language of Claude at Bedrock: that of Anthropic, but that a record names no model. */
export const bedrockWire: Wire = {
  ...anthropicWire,
  inspect: inspectBedrock,
  body: bedrockBody,
  tokenRule: (model) => anthropicWire.tokenRule(claudeOf(model) ?? model),
  lineFrame: () => ({ beforeId: '{"recordId":"', beforeBody: '","modelInput":' }),
  line: readLine,
}

/** Throws E_JOB_INVALID for what Claude does not read. */
function bedrockBody(request: ModelRequest): Record<string, unknown> {
  const { model } = request
  const { model: _model, ...body } = anthropicBody({ ...request, model: claudeOf(model) ?? model })
  return { anthropic_version: anthropicVersion, ...body }
}
