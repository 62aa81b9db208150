export {
  type Change,
  CHANGE_COLUMNS,
  type ChangeNote,
  type ChangeRow,
  changeOf,
  recordChange,
} from './change.js';
export { ChangeFeed, type FeedStart, PositionGoneError } from './change-feed.js';
export { Publisher } from './publisher.js';
export { EventsModule } from './events.module.js';
