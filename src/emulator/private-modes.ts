/** What the emulator keeps holds prompts and answers: for its owner alone, whatever the umask is. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700
