/** The one bucket that there is. */
export const bucketName = 'offpeak-emulator'
