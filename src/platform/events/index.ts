export {
  type Change,
  CHANGE_COLUMNS,
  type ChangeNote,
  type ChangeRow,
  changeOf,
  recordChange,
  recordChanges,
  TO_OUTBOX,
} from './change.js';
export { ChangeFeed, PositionGoneError } from './change-feed.js';
export type { FeedStart } from './feed-pages.js';
export { Publisher } from './publisher.js';
export { EventsModule } from './events.module.js';
