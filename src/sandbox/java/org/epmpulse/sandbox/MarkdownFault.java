package org.epmpulse.sandbox;

import org.commonmark.node.Node;

/** Why a canvas text is refused, and the line, counted from 1. */
record MarkdownFault(int line, String what) {

    static MarkdownFault at(Node node, String what) {
        return new MarkdownFault(CanvasMarkdown.firstLine(node) + 1, what);
    }

    String detail() {
        return "'content' error: line " + line + ": " + what;
    }
}
