import type { ProviderLimits, Recovery } from '../../domain/limits.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { TokenField } from '../openai/openai-body.ts'

/** A service of OpenAI's shape as a table of what is its own: all else is shared. */
export interface Preset {
  /** As in runs and prices: `groq`. */
  readonly name: string
  /** As people write it. */
  readonly title: string
  /** Names of the key in the environment, the first that is set counts; the first is the one that is asked for. */
  readonly keys: readonly [string, ...string[]]
  /** The name of the address in the environment. */
  readonly addressEnv: string
  readonly address: string
  /** What stands between that address and the paths of OpenAI's. */
  readonly pathPrefix: string
  /** The address at our emulator, without the prefix. */
  readonly emulatorPath: string
  readonly limits: Pick<ProviderLimits, 'maxRequests' | 'maxBytes'>
  readonly recovery: Recovery
  readonly tokenField: TokenField
  /** What is OpenAI's where it is left out, as in `OpenaiVariant`. */
  readonly purpose?: string
  readonly uploadPath?: string
  readonly uploadFields?: (filename: string) => Readonly<Record<string, string>>
  readonly linesNameEndpoint?: boolean
  readonly takesMetadata?: boolean
  readonly readBatch?: (json: unknown) => RemoteBatch | null
}
