import {
  blockFormats,
  isBlocked,
  type BlockDtype,
  type WeightDtype,
} from '../weights/blockFormats';
import { dequantisation, type BlockBytes } from './dequantisation';
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
  dtype: WeightDtype;
  /** As the model needs it. */
  shape: number[];
  /** A matrix of which the file holds the transpose, [shape[1], shape[0]]. */
  transposed?: true;
  fileName: string;
  offset: number;
  bytes: number;
}

/** A graph that is ready to be given to the runtime. */
export interface OnnxGraph {
  /** The bytes of an ONNX file. */
  file: Uint8Array;
  /** Weights that it takes from memory, by the name of the file that it looks for. */
  fromMemory: ReadonlyMap<string, FilePart>;
}

/** Bytes of a file; `dequantise` where float32 values are to be made of them. */
export interface FilePart {
  fileName: string;
  offset: number;
  bytes: number;
  dequantise: BlockDtype | null;
}

/** A constant's numbers as the runtime has them in memory. */
const arrays = {
  F32: (values: number[]) => Float32Array.from(values),
  I64: (values: number[]) => BigInt64Array.from(values, (n) => BigInt(n)),
  U8: (values: number[]) => Uint8Array.from(values),
};

/** Operators of onnxruntime's own, such as fused attention. */
const contribDomain = 'com.microsoft';
const opsets = { '': 21, [contribDomain]: 1 };

/**
 * Writes an ONNX graph, operator by operator, in the order of the calls. Methods return the value
 * they make, so that a formula reads as nested or chained calls.
 */
export class GraphBuilder {
  /** Of the graph, or of a branch of it while that is written. */
  private nodes: Node[] = [];
  private made = 0;
  private readonly initializers = new Map<string, Initializer>();
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly dequantised = new Map<string, FilePart>();

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
    const { transposed, ...rest } = tensor;
    if (transposed) return this.turned(this.weight(turnedTensor(rest)));
    const { name, dtype, shape, fileName, offset, bytes } = tensor;
    if (!isBlocked(dtype)) return this.floats(this.stored(tensor, dtype, shape), dtype);
    const floats = `${name} dequantised`;
    const size = 4 * shape.reduce((product, dim) => product * dim, 1);
    const data = { fileName: floats, offset: 0, bytes: size };
    this.initializers.set(floats, { name: floats, type: 'F32', dims: shape, data });
    this.dequantised.set(floats, { fileName, offset, bytes, dequantise: dtype });
    return floats;
  }

  /** x·W, or x·Wᵀ where `transB`, and + b if there is a bias: Gemm, which turns a matrix for nothing. */
  gemm(x: Value, tensor: ExternalTensor, bias: Value | null, transB: boolean): Value {
    const { transposed, ...rest } = tensor;
    const matrix = this.weight(transposed ? turnedTensor(rest) : tensor);
    const turn = transB !== (transposed ?? false);
    return this.op(
      'Gemm',
      [x, matrix, ...(bias === null ? [] : [bias])],
      turn ? { transB: 1n } : {},
    );
  }

  /**
   * Rows of a weight [rows, columns] as float32, [ids, columns]: of a large table, only those in use
   * are read and converted.
   *
   * @param ids [ids] int64
   */
  weightRows(tensor: ExternalTensor, ids: Value): Value {
    const gather = (table: Value) => this.op('Gather', [table, ids], { axis: 0n });
    if (tensor.transposed) return gather(this.weight(tensor));
    const { dtype, shape } = tensor;
    if (isBlocked(dtype)) {
      const [rows, columns] = shape as [number, number];
      const blocks = columns / blockFormats[dtype].values;
      const values = this.dequantise(dtype, (type, perBlock) => {
        const table = this.stored(tensor, type, [rows, blocks * perBlock]);
        return this.reshape(gather(table), [-1, perBlock]);
      });
      return this.reshape(values, [-1, columns]);
    }
    return this.floats(gather(this.stored(tensor, dtype, shape)), dtype);
  }

  /** A small constant: a scalar with `dims` [], else a list. */
  constant(type: keyof typeof arrays, values: number[], dims: number[] = [values.length]): Value {
    const array = arrays[type](values);
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

  /**
   * One of two float32 values, of which only the one is computed that the condition asks for. Both may
   * be made from what is there already.
   *
   * @param condition [] bool
   * @param dims of both.
   */
  either(condition: Value, dims: Dim[], then: () => Value, otherwise: () => Value): Value {
    const branch = (write: () => Value) => {
      const outer = this.nodes;
      this.nodes = [];
      const outputs: ValueInfo[] = [{ name: write(), type: 'F32', dims }];
      const graph = { name: `branch ${this.made}`, nodes: this.nodes, initializers: [], inputs: [], outputs }; // prettier-ignore
      this.nodes = outer;
      return graph;
    };
    return this.op('If', [condition], {
      then_branch: branch(then),
      else_branch: branch(otherwise),
    });
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

  build(): OnnxGraph {
    const { name, nodes, inputs, outputs } = this;
    // A family may offer more weights than a graph needs; the runtime would warn of each.
    const used = new Set(nodes.flatMap(inputsOf));
    const initializers = [...this.initializers.values()]
      .filter(({ name }) => used.has(name))
      .map((initializer) => ({ ...initializer }));
    const dequantised = [...this.dequantised].filter(([name]) => used.has(name));
    const fromMemory = new Map(dequantised);
    if (dequantised.length > 0) takeFromMemory(initializers, fromMemory);
    const file = encodeModel({ name, nodes, initializers, inputs, outputs }, opsets);
    return { file, fromMemory };
  }

  /** Blocks as float32; `load` gives whole blocks, [n, perBlock], read as a type. */
  private dequantise(
    dtype: BlockDtype,
    load: (type: 'U8' | 'I8' | 'F16', perBlock: number) => Value,
  ): Value {
    const block: BlockBytes = (type, start, end) => {
      const size = type === 'F16' ? 2 : 1;
      const range = [start / size, end / size, 1].map((at) => this.constant('I64', [at]));
      return this.op('Slice', [load(type, blockFormats[dtype].bytes / size), ...range]);
    };
    return dequantisation[dtype](this, block);
  }

  /**
   * A weight's transpose. Not by the plain operator: the runtime would merge that into a Gemm, and
   * loses the Gemm's other input where that is an output of the graph as well.
   */
  private turned(matrix: Value): Value {
    const axis = this.constant('I64', [0]);
    const cube = this.op('Unsqueeze', [matrix, axis]);
    return this.op('Squeeze', [this.transpose(cube, [0, 2, 1]), axis]);
  }

  /** The bytes of a weight in its file, read as a type of the runtime's. */
  private stored({ name, ...where }: ExternalTensor, type: DataType, dims: number[]): Value {
    const { fileName, offset, bytes } = where;
    const initializer = `${name} as ${type} ${dims.join('x')}`;
    this.initializers.set(initializer, {
      name: initializer,
      type,
      dims,
      data: { fileName, offset, bytes },
    });
    return initializer;
  }

  private floats(stored: Value, dtype: DataType): Value {
    return dtype === 'F32' ? stored : this.cast(stored, 'F32');
  }

  private node(
    domain: string,
    opType: string,
    inputs: Value[],
    outputCount: number,
    attributes: Record<string, Attribute>,
  ): Value[] {
    const outputs = Array.from({ length: outputCount }, (_, i) => `${opType}_${this.made}_${i}`);
    this.made++;
    this.nodes.push({ opType, domain, inputs, outputs, attributes });
    return outputs;
  }
}

/**
 * The runtime takes all of a graph's weights from memory or none: where some have to come from
 * there, the others do too.
 */
function takeFromMemory(initializers: Initializer[], fromMemory: Map<string, FilePart>): void {
  for (const initializer of initializers) {
    const { name, data } = initializer;
    if ('raw' in data || fromMemory.has(name)) continue;
    const { fileName, offset, bytes } = data;
    fromMemory.set(name, { fileName, offset, bytes, dequantise: null });
    initializer.data = { ...data, fileName: name, offset: 0 };
  }
}

/** What a node reads, in its branches too. */
function inputsOf({ inputs, attributes }: Node): string[] {
  const branches = Object.values(attributes).filter((value) => typeof value === 'object' && 'nodes' in value); // prettier-ignore
  return [...inputs, ...branches.flatMap(({ nodes }) => nodes.flatMap(inputsOf))];
}

/** The matrix as its file has it. */
function turnedTensor(tensor: Omit<ExternalTensor, 'transposed'>): ExternalTensor {
  return { ...tensor, shape: tensor.shape.toReversed() };
}
