import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * The part of ONNX's protobuf schema that our graphs need, as functions that each write one message.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** TensorProto.DataType */
export const dataTypes = {
  F32: 1,
  U8: 2,
  I8: 3,
  I32: 6,
  I64: 7,
  BOOL: 9,
  F16: 10,
  BF16: 16,
} as const;
export type DataType = keyof typeof dataTypes;

/** A fixed size, or the name of one that a run decides. */
export type Dim = number | string;

/** A node's attribute; integers are written as `bigint` to tell them from floats. */
export type Attribute = bigint | number | string | bigint[] | Graph;

export interface Node {
  opType: string;
  /** '' is ONNX's own operator set. */
  domain: string;
  /** An empty name leaves an optional input out. */
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

export interface ValueInfo {
  name: string;
  type: DataType;
  dims: Dim[];
}

export interface Initializer {
  name: string;
  type: DataType;
  dims: number[];
  data:
    | { raw: Uint8Array }
    /** Bytes of a file beside the model, by its name. */
    | { fileName: string; offset: number; bytes: number };
}

export interface Graph {
  name: string;
  nodes: Node[];
  initializers: Initializer[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

/** A whole model file. `opsets` maps a domain to its version. */
export function encodeModel(graph: Graph, opsets: Record<string, number>): Uint8Array {
  const irVersion = 10;
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(irVersion);
  model.tag(2, WireType.LengthDelimited).string('forward-pass');
  message(model, 7, (g) => writeGraph(g, graph));
  for (const [domain, version] of Object.entries(opsets)) {
    message(model, 8, (opset) => {
      opset.tag(1, WireType.LengthDelimited).string(domain);
      opset.tag(2, WireType.Varint).int64(version);
    });
  }
  return model.finish();
}

function message(writer: BinaryWriter, field: number, write: (nested: BinaryWriter) => void) {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeGraph(w: BinaryWriter, graph: Graph) {
  for (const node of graph.nodes) message(w, 1, (n) => writeNode(n, node));
  w.tag(2, WireType.LengthDelimited).string(graph.name);
  for (const tensor of graph.initializers) message(w, 5, (t) => writeTensor(t, tensor));
  for (const value of graph.inputs) message(w, 11, (v) => writeValueInfo(v, value));
  for (const value of graph.outputs) message(w, 12, (v) => writeValueInfo(v, value));
}

function writeNode(w: BinaryWriter, node: Node) {
  for (const input of node.inputs) w.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) w.tag(2, WireType.LengthDelimited).string(output);
  w.tag(4, WireType.LengthDelimited).string(node.opType);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(w, 5, (a) => writeAttribute(a, name, value));
  }
  w.tag(7, WireType.LengthDelimited).string(node.domain);
}

function writeAttribute(w: BinaryWriter, name: string, value: Attribute) {
  const types = { float: 1, int: 2, string: 3, graph: 5, ints: 7 };
  w.tag(1, WireType.LengthDelimited).string(name);
  if (typeof value === 'number') {
    w.tag(2, WireType.Bit32).float(value);
    w.tag(20, WireType.Varint).int32(types.float);
  } else if (typeof value === 'bigint') {
    w.tag(3, WireType.Varint).int64(value);
    w.tag(20, WireType.Varint).int32(types.int);
  } else if (typeof value === 'string') {
    w.tag(4, WireType.LengthDelimited).string(value);
    w.tag(20, WireType.Varint).int32(types.string);
  } else if (!Array.isArray(value)) {
    message(w, 6, (g) => writeGraph(g, value));
    w.tag(20, WireType.Varint).int32(types.graph);
  } else {
    for (const item of value) w.tag(8, WireType.Varint).int64(item);
    w.tag(20, WireType.Varint).int32(types.ints);
  }
}

function writeTensor(w: BinaryWriter, { name, type, dims, data }: Initializer) {
  for (const dim of dims) w.tag(1, WireType.Varint).int64(dim);
  w.tag(2, WireType.Varint).int32(dataTypes[type]);
  w.tag(8, WireType.LengthDelimited).string(name);
  if ('raw' in data) {
    w.tag(9, WireType.LengthDelimited).bytes(data.raw);
    return;
  }
  const external = {
    location: data.fileName,
    offset: String(data.offset),
    length: String(data.bytes),
  };
  for (const [key, value] of Object.entries(external)) {
    message(w, 13, (entry) => {
      entry.tag(1, WireType.LengthDelimited).string(key);
      entry.tag(2, WireType.LengthDelimited).string(value);
    });
  }
  const externalLocation = 1;
  w.tag(14, WireType.Varint).int32(externalLocation);
}

function writeValueInfo(w: BinaryWriter, { name, type, dims }: ValueInfo) {
  w.tag(1, WireType.LengthDelimited).string(name);
  message(w, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      tensorType.tag(1, WireType.Varint).int32(dataTypes[type]);
      message(tensorType, 2, (shape) => {
        for (const dim of dims) {
          message(shape, 1, (d) => {
            if (typeof dim === 'number') d.tag(1, WireType.Varint).int64(dim);
            else d.tag(2, WireType.LengthDelimited).string(dim);
          });
        }
      });
    }),
  );
}
