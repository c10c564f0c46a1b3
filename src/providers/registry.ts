import { anthropicDefinition } from './anthropic/definition.ts'
import { azureDefinition } from './azure/definition.ts'
import { bedrockDefinition } from './bedrock/definition.ts'
import { compatibleDefinition } from './compatible/definition.ts'
import type { ProviderDefinition } from './definition.ts'
import { geminiDefinition } from './gemini/definition.ts'
import { mistralDefinition } from './mistral/definition.ts'
import { localDefinition } from './local/definition.ts'
import { openaiDefinition } from './openai/definition.ts'
import { deepinfraDefinition, groqDefinition, togetherDefinition } from './presets/models.ts'
import { xaiDefinition } from './xai/definition.ts'

/** The services that come with Offpeak: one folder and one line each. */
export const providers: readonly ProviderDefinition[] = [
  openaiDefinition,
  azureDefinition,
  compatibleDefinition,
  anthropicDefinition,
  bedrockDefinition,
  deepinfraDefinition,
  groqDefinition,
  localDefinition,
  togetherDefinition,
  xaiDefinition,
  geminiDefinition,
  mistralDefinition,
]
