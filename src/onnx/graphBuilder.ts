import {
  dataTypes,
  encodeModel,
  type Attribute,
  type DataType,
  type Dim,
  type Initializer,
  type Node,
  type ValueInfo,
} from './proto';

/** A value in a graph, by its name. */
export type Value = string;

/** Weights that stay where they are: bytes of a file that the runtime maps into memory. */
export interface ExternalTensor {
  name: string;
  dtype: 'F32' | 'F16' | 'BF16';
  shape: number[];
  fileName: string;
  offset: number;
  bytes: number;
}

/** Operators of onnxruntime's own, such as fused attention. */
const contribDomain = 'com.microsoft';
const opsets = { '': 21, [contribDomain]: 1 };

/**
 * Writes an ONNX graph, operator by operator, in the order of the calls. Methods return the value
 * they make, so that a formula reads as nested or chained calls.
 */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];

  constructor(private readonly name: string) {}

  input(name: string, type: DataType, dims: Dim[]): Value {
    this.inputs.push({ name, type, dims });
    return name;
  }

  /** Makes `value` an output of the graph under the name `name`. */
  output(name: string, value: Value, type: DataType, dims: Dim[]): void {
    this.nodes.push({
      opType: 'Identity',
      domain: '',
      inputs: [value],
      outputs: [name],
      attributes: {},
    });
    this.outputs.push({ name, type, dims });
  }

  /** A weight as float32, whatever the file stores. */
  weight(tensor: ExternalTensor): Value {
    const stored = this.storedWeight(tensor);
    return tensor.dtype === 'F32' ? stored : this.cast(stored, 'F32');
  }

  /** A weight as it is stored: for a large table of which only some rows are gathered. */
  storedWeight({ name, dtype, shape, fileName, offset, bytes }: ExternalTensor): Value {
    const data = { fileName, offset, bytes };
    this.initializers.set(name, { name, type: dtype, dims: shape, data });
    return name;
  }

  /** Some rows of a table as float32; the others are neither read nor converted. */
  weightRows(tensor: ExternalTensor, rows: Value): Value {
    return this.cast(this.op('Gather', [this.storedWeight(tensor), rows], { axis: 0n }), 'F32');
  }

  /** A small constant: a scalar with `dims` [], else a list. */
  constant(type: 'F32' | 'I64', values: number[], dims: number[] = [values.length]): Value {
    const array =
      type === 'F32' ? Float32Array.from(values) : BigInt64Array.from(values, (n) => BigInt(n));
    const name = `constant_${type}_${dims.join('x')}_${values.join('_')}`;
    this.initializers.set(name, { name, type, dims, data: { raw: new Uint8Array(array.buffer) } });
    return name;
  }

  op(opType: string, inputs: Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.node('', opType, inputs, 1, attributes)[0]!;
  }

  /** An operator with several outputs. */
  ops(
    opType: string,
    inputs: Value[],
    outputs: number,
    attributes: Record<string, Attribute> = {},
  ): Value[] {
    return this.node('', opType, inputs, outputs, attributes);
  }

  /** One of onnxruntime's own operators; an input that is left out is ''. Its first output. */
  contrib(
    opType: string,
    inputs: Value[],
    attributes: Record<string, Attribute> = {},
    outputs = 1,
  ): Value {
    return this.node(contribDomain, opType, inputs, outputs, attributes)[0]!;
  }

  cast(value: Value, to: DataType): Value {
    return this.op('Cast', [value], { to: BigInt(dataTypes[to]) });
  }

  /** Reshapes; 0 keeps the dimension of the input, -1 takes what is left. */
  reshape(value: Value, dims: number[]): Value {
    return this.op('Reshape', [value, this.constant('I64', dims)]);
  }

  transpose(value: Value, perm: number[]): Value {
    return this.op('Transpose', [value], { perm: perm.map(BigInt) });
  }

  /** The graph as the bytes of an ONNX file. */
  build(): Uint8Array {
    const { name, nodes, inputs, outputs } = this;
    // A family may offer more weights than a graph needs; the runtime would warn of each.
    const used = new Set(nodes.flatMap((node) => node.inputs));
    const initializers = [...this.initializers.values()].filter(({ name }) => used.has(name));
    return encodeModel({ name, nodes, initializers, inputs, outputs }, opsets);
  }

  private node(
    domain: string,
    opType: string,
    inputs: Value[],
    outputCount: number,
    attributes: Record<string, Attribute>,
  ): Value[] {
    const outputs = Array.from(
      { length: outputCount },
      (_, i) => `${opType}_${this.nodes.length}_${i}`,
    );
    this.nodes.push({ opType, domain, inputs, outputs, attributes });
    return outputs;
  }
}
