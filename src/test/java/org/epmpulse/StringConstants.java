package org.epmpulse;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The string constants of compiled classes. Where a text is put together, the constant has U+0001 in place of each value.
 *
 * @see <a href="https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html#jvms-4.4">The constant pool</a>
 */
final class StringConstants {

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int STRING = 8;

    private StringConstants() {}

    static List<String> of(Path classes) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
                    addConstants(in, all);
                }
            }
        }
        return all;
    }

    private static void addConstants(DataInputStream in, List<String> all) throws IOException {
        in.skipNBytes(8);
        int count = in.readUnsignedShort();
        Map<Integer, String> texts = new HashMap<>();
        List<Integer> strings = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            if (tag == UTF8) {
                texts.put(i, in.readUTF());
            } else if (tag == STRING) {
                strings.add(in.readUnsignedShort());
            } else {
                in.skipNBytes(size(tag));
            }
            if (tag == LONG || tag == DOUBLE) {
                i++;
            }
        }
        strings.forEach(string -> all.add(texts.get(string)));
    }

    /** How many bytes a constant has after its tag. */
    private static int size(int tag) {
        return switch (tag) {
            case LONG, DOUBLE -> 8;
            case 7, 16, 19, 20 -> 2; // a class, a method type, a module, a package
            case 15 -> 3; // a method handle
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4; // numbers, members, names with a type, dynamic constants and calls
            default -> throw new IllegalStateException("unknown constant " + tag);
        };
    }
}
