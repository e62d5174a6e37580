import { UserError } from '../protocol/userError';
import type { InspectCommandContext } from './inspectCommand';
import { sayFailure } from './sayFailure';
import { selectedText } from './selectedText';

/** "Compare Selection": the inspected text beside what is selected now, in the panel. */
export async function compareSelection(context: InspectCommandContext): Promise<void> {
  const { session } = context;
  try {
    if (!session.state.inspection) {
      throw new UserError('Inspect some text first: the selection is then compared with it.');
    }
    const { text, source } = selectedText(context.editor(), context.settings());
    await context.showPanel();
    session.compareWith({ text, source });
  } catch (error) {
    sayFailure(error, (error) => context.explain(error));
  }
}
