package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code canvases.*} and {@code conversations.canvases.create}, as docs.slack.dev/reference/methods describes them. */
final class CanvasMethods {

    private static final Set<String> WRITE = Set.of("canvases:write");
    private static final int MAX_SECTION_TYPES = 3;

    private final SlackWorkspace workspace;
    private final CanvasContent content;

    CanvasMethods(SlackWorkspace workspace) {
        this.workspace = workspace;
        this.content = new CanvasContent(workspace);
    }

    List<SlackMethod> all() {
        return List.of(
                new SlackMethod("canvases.edit", WRITE, SlackMethod.TIER_3, this::edit),
                new SlackMethod("canvases.create", WRITE, SlackMethod.TIER_2, this::create),
                new SlackMethod("conversations.canvases.create", WRITE, SlackMethod.TIER_2, this::createInChannel),
                new SlackMethod("canvases.access.set", WRITE, SlackMethod.TIER_3, this::setAccess),
                new SlackMethod("canvases.sections.lookup", Set.of("canvases:read"), SlackMethod.TIER_3, this::lookup),
                new SlackMethod("canvases.delete", WRITE, SlackMethod.TIER_3, this::delete));
    }

    private ObjectNode edit(SlackArguments arguments) {
        String id = arguments.required("canvas_id");
        CanvasChange change = CanvasChange.of(arguments.structure("changes"));
        refuseWhereRestricted();
        StoredCanvas canvas = requireWritable(id);
        if (workspace.plan() == SlackPlan.FREE && canvas.channel() == null) {
            throw new SlackRefusal("free_teams_cannot_edit_standalone_canvases");
        }
        content.apply(canvas, change);
        return emptyBody();
    }

    private ObjectNode create(SlackArguments arguments) {
        String markdown = content.initial(arguments.structure("document_content"));
        String channel = arguments.text("channel_id");
        refuseWhereRestricted();
        if (channel != null) {
            workspace.requireOpenChannel(channel);
        }
        if (workspace.plan() == SlackPlan.FREE) {
            if (channel == null) {
                throw new SlackRefusal("free_teams_cannot_create_non_tabbed_canvases");
            }
            refuseSecondTabOnFreePlan(channel);
        }
        return created(workspace.create(channel, title(arguments), markdown));
    }

    private ObjectNode createInChannel(SlackArguments arguments) {
        String channel = arguments.required("channel_id");
        String markdown = content.initial(arguments.structure("document_content"));
        refuseWhereRestricted();
        workspace.requireOpenChannel(channel);
        if (workspace.quirks().contains(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER)) {
            throw new SlackRefusal("team_tier_cannot_create_channel_canvases");
        }
        if (workspace.quirks().contains(SlackQuirk.TAB_CREATION_FAILS)) {
            throw new SlackRefusal("canvas_tab_creation_failed");
        }
        if (workspace.plan() == SlackPlan.FREE) {
            refuseSecondTabOnFreePlan(channel);
        } else if (!workspace.tabs(channel).isEmpty()
                && !workspace.quirks().contains(SlackQuirk.CREATE_ADDS_ANOTHER_TAB)) {
            throw new SlackRefusal("channel_canvas_already_exists");
        }
        return created(workspace.create(channel, title(arguments), markdown));
    }

    private ObjectNode setAccess(SlackArguments arguments) {
        String id = arguments.required("canvas_id");
        String level = arguments.required("access_level");
        List<String> channels = arguments.ids("channel_ids");
        List<String> users = arguments.ids("user_ids");
        if (!Set.of("read", "write", "owner").contains(level)
                || channels.isEmpty() == users.isEmpty()
                || (level.equals("owner") && users.size() != 1)) {
            throw new SlackRefusal("invalid_parameters");
        }
        refuseWhereRestricted();
        StoredCanvas canvas = requireWritable(id);
        channels.forEach(workspace::requireChannel);
        if (!workspace.users().containsAll(users)) {
            throw new SlackRefusal("user_not_found");
        }
        channels.forEach(channel -> canvas.shares().put(channel, level));
        users.forEach(user -> canvas.shares().put(user, level));
        return emptyBody();
    }

    private ObjectNode lookup(SlackArguments arguments) {
        String id = arguments.required("canvas_id");
        JsonNode criteria = arguments.structure("criteria");
        if (criteria == null) {
            throw SlackRefusal.arguments("missing required field: criteria");
        }
        List<String> types = new ArrayList<>();
        criteria.path("section_types").forEach(type -> types.add(type.asText()));
        String text = criteria.path("contains_text").textValue();
        if (types.size() > MAX_SECTION_TYPES) {
            throw SlackRefusal.arguments("no more than 3 items allowed [json-pointer:/criteria/section_types]");
        }
        if (types.isEmpty() && (text == null || text.isEmpty())) {
            throw SlackRefusal.arguments("must provide a criterion [json-pointer:/criteria]");
        }
        ObjectNode body = emptyBody();
        ArrayNode sections = body.putArray("sections");
        workspace.requireCanvas(id).sections().find(types, text).forEach(found -> sections.addObject()
                .put("id", found));
        return body;
    }

    private ObjectNode delete(SlackArguments arguments) {
        String id = arguments.required("canvas_id");
        refuseWhereRestricted();
        requireWritable(id);
        workspace.delete(id);
        return emptyBody();
    }

    private StoredCanvas requireWritable(String id) {
        StoredCanvas canvas = workspace.requireCanvas(id);
        if (workspace.access(canvas).equals("read")) {
            throw new SlackRefusal("access_denied");
        }
        return canvas;
    }

    private void refuseWhereRestricted() {
        if (workspace.quirks().contains(SlackQuirk.CANVASES_DISABLED)) {
            throw new SlackRefusal("canvas_disabled_user_team");
        }
        if (workspace.quirks().contains(SlackQuirk.CANVASES_RESTRICTED)) {
            throw new SlackRefusal("restricted_action");
        }
    }

    private void refuseSecondTabOnFreePlan(String channel) {
        if (!workspace.tabs(channel).isEmpty()) {
            throw new SlackRefusal("free_team_canvas_tab_already_exists");
        }
    }

    private static String title(SlackArguments arguments) {
        String title = arguments.text("title");
        return title == null ? "Untitled" : title;
    }

    private static ObjectNode created(StoredCanvas canvas) {
        return emptyBody().put("canvas_id", canvas.id());
    }

    private static ObjectNode emptyBody() {
        return JsonNodeFactory.instance.objectNode();
    }
}
