import {
  OperationNodeTransformer,
  OperatorNode,
  sql,
  type BinaryOperationNode,
  type KyselyPlugin,
  type OperationNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
  type ValuesNode,
} from 'kysely';

/** Shorter lists stay lists, whose query plans are better known. */
const listMax = 1000;

class LargeListTransformer extends OperationNodeTransformer {
  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const transformed = super.transformBinaryOperation(node);
    const operator = OperatorNode.is(node.operator) ? node.operator.operator : undefined;
    const values = listValues(node.rightOperand);
    if ((operator !== 'in' && operator !== 'not in') || values === undefined) return transformed;
    if (values.length > 0 && values.length <= listMax) return transformed;
    return {
      ...transformed,
      operator: OperatorNode.create(operator === 'in' ? '=' : '!='),
      rightOperand: (operator === 'in' ? sql`any(${values})` : sql`all(${values})`).toOperationNode(),
    };
  }

  protected override transformValues(node: ValuesNode): ValuesNode {
    if (node.values.length > 1) throw new Error('several rows are added by insertRows, as one parameter');
    return super.transformValues(node);
  }
}

/**
 * Sends a long list of values as one array: `x in ($1, …, $n)` becomes `x = any($1)`, since a statement has at most
 * 65,535 parameters and a user may have more photos. An empty list, which is invalid in SQL, becomes an empty array.
 * @see PostgreSQL documentation, section 54.7, Bind
 */
export class LargeListPlugin implements KyselyPlugin {
  readonly #transformer = new LargeListTransformer();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return this.#transformer.transformNode(node, queryId);
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

function listValues(node: OperationNode): readonly unknown[] | undefined {
  if (node.kind === 'PrimitiveValueListNode') return (node as OperationNode & { values: readonly unknown[] }).values;
  if (node.kind !== 'ValueListNode') return undefined;
  const { values } = node as OperationNode & { values: readonly (OperationNode & { value?: unknown })[] };
  return values.every((it) => it.kind === 'ValueNode') ? values.map((it) => it.value) : undefined;
}
