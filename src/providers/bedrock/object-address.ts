/** An object of S3, or a folder where the key ends with a slash. */
export interface ObjectAddress {
  readonly bucket: string
  readonly key: string
}

export function uriOf({ bucket, key }: ObjectAddress): string {
  return `s3://${bucket}/${key}`
}

/** Null when it is no address in S3. */
export function addressOf(uri: string): ObjectAddress | null {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? []
  return bucket === undefined || key === undefined ? null : { bucket, key }
}

export function fileNameOf({ key }: ObjectAddress): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
