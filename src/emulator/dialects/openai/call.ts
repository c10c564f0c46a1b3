import type { Call } from '../../core/http/call.ts'
import type { Profile } from './ids.ts'
import type { PathForm } from './paths.ts'

/** A call to OpenAI or Azure. */
export interface OpenAiCall extends Call {
  readonly profile: Profile
  readonly operation: string
  /** The id in the path; `''` where it has none. */
  readonly id: string
  readonly form: PathForm
  /** The deployment in the path; `''` where it has none. */
  readonly deployment: string
}
