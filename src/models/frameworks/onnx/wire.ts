import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** What to do with one field of a message: the wire type that it must have, and who takes its value. */
export interface Field {
  readonly wire: WireType
  readonly take: (reader: BinaryReader) => void
}

export type FieldTable = Readonly<Record<number, Field>>

/** Reads one protobuf message by a table of the fields that matter; the others are skipped. */
export function readFields(bytes: Uint8Array, table: FieldTable): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const field = table[number]
    if (field === undefined) reader.skip(wire, number)
    else if (field.wire === wire) field.take(reader)
    else throw new Error(`field ${number} has wire type ${wire} instead of ${field.wire}`)
  }
  // A varint that runs over the end moves the position beyond it.
  if (reader.pos > reader.len) throw new RangeError('premature EOF')
}

export function message(take: (bytes: Uint8Array) => void): Field {
  return { wire: WireType.LengthDelimited, take: (reader) => take(reader.bytes()) }
}

export function string(take: (value: string) => void): Field {
  return { wire: WireType.LengthDelimited, take: (reader) => take(reader.string()) }
}

export function integer(take: (value: number) => void): Field {
  return { wire: WireType.Varint, take: (reader) => take(Number(reader.int64())) }
}
