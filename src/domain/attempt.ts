/**
 * The life of an attempt: one try at getting a batch created for a file of requests.
 *
 * `waiting` holds nothing. From `reserved` on its money and tokens are held until the ledger settles or voids them.
 * `asking` sends the requests of the file one by one, where no batch is made of it.
 * `creating` is written before the one paid POST; `in_doubt` means that POST's fate is not known yet.
 * `fenced` is an in-doubt attempt whose input file is gone and which has been replaced: its reservation stays held
 * until the end of the run has shown that no batch of it exists.
 * From the states before `creating` it goes to `in_doubt` when a batch was made of its file that this state does not know,
 * because it was restored to an earlier time; from there to `completed` when the answers lie on our disk.
 * From `collected` and `merged` it goes back to `finalizing` when answers are missing that the provider may still give.
 * `lost` is a batch that a person has given up: what is unanswered counts as possibly paid.
 */
const next = {
  // Straight to `collected`: its answers were brought from elsewhere.
  waiting: ['reserved', 'in_doubt', 'void', 'collected'],
  reserved: ['uploading', 'asking', 'in_doubt', 'void'],
  asking: ['completed', 'cancelled'],
  uploading: ['uploaded', 'in_doubt', 'void'],
  uploaded: ['creating', 'in_doubt', 'void'],
  creating: ['created', 'in_doubt', 'uploaded', 'void'],
  in_doubt: ['created', 'completed', 'fenced', 'lost', 'void'],
  fenced: ['created', 'void'],
  created: [
    'validating',
    'in_progress',
    'finalizing',
    'cancelling',
    'completed',
    'failed',
    'expired',
    'cancelled',
    'lost',
  ],
  validating: [
    'in_progress',
    'finalizing',
    'cancelling',
    'completed',
    'failed',
    'expired',
    'cancelled',
    'lost',
  ],
  in_progress: ['finalizing', 'cancelling', 'completed', 'failed', 'expired', 'cancelled', 'lost'],
  finalizing: ['cancelling', 'completed', 'failed', 'expired', 'cancelled', 'lost'],
  cancelling: ['completed', 'failed', 'expired', 'cancelled', 'lost'],
  completed: ['collected'],
  failed: ['collected', 'void'],
  expired: ['collected'],
  cancelled: ['collected'],
  lost: ['collected'],
  collected: ['finalizing', 'merged'],
  merged: ['finalizing'],
  void: [],
} as const satisfies Record<string, readonly string[]>

export type AttemptState = keyof typeof next

export const attemptStates: readonly AttemptState[] = Object.keys(next).filter(
  (key): key is AttemptState => key in next,
)

/** States before the paid call: nothing was created, as far as the state knows. */
export const unsentStates = ['waiting', 'reserved', 'uploading', 'uploaded'] as const

export function isUnsent(state: AttemptState): boolean {
  return unsentStates.some((name) => name === state)
}

/** States in which the provider works on the batch and only polling tells more. */
const runningStates = ['created', 'validating', 'in_progress', 'finalizing', 'cancelling'] as const

/** States that a provider's answer can report. */
export type RemoteState =
  | 'validating'
  | 'in_progress'
  | 'finalizing'
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'expired'
  | 'cancelled'

/** How a batch ends, as its service says. */
export type Ending = (typeof endings)[number]

export const endings = ['completed', 'failed', 'expired', 'cancelled'] as const

/** The ending that a state is; null: the batch has not ended, or nobody knows how. */
export function endingIn(state: AttemptState): Ending | null {
  return endings.find((ending) => ending === state) ?? null
}

export function isRunning(state: AttemptState): boolean {
  return (runningStates as readonly AttemptState[]).includes(state)
}

/** Whether an attempt may go from one state to the other in one step. */
export function mayFollow(from: AttemptState, to: AttemptState): boolean {
  return (next[from] as readonly AttemptState[]).includes(to)
}
