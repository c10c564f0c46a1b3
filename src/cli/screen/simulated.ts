/** The line above every screen where the emulator answers. */
export const simulatedBand =
  'SIMULATED  The emulator answers: nothing is sent, nothing is paid, and all you see is invented.'

/** The line with each run that an emulator has answered, wherever that was. */
export const simulatedRun = 'SIMULATED: an emulator has invented these answers, and nothing of them was paid.'
