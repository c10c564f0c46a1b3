/** What says whose a directory of request and answer files is. */
export interface ProjectMarker {
  /** The lineage of the project's state. */
  readonly project: string
  /** The id of this very directory: a second one, on another machine, has another. */
  readonly directory: string
}

/** Which directory holds the files of this state. */
export interface ProjectStore {
  /** The id of the directory that the state's files were first written to; null: none was yet. */
  filesDirectory(): Promise<string | null>
  /** Notes the directory of the state's files, unless one is noted and `replace` is false. Returns the noted one. */
  noteFilesDirectory(directory: string, replace: boolean): Promise<string>
}
